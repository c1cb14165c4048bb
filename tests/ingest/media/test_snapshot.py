"""A snapshot is the newest key picture, decoded only when asked."""

import cv2
import numpy as np
import pytest

from ingest.cameras.feed import Feed
from ingest.media import pictures
from models.kit.errors import NotFound, Unavailable
from models.observations import StreamState
from tests.ingest.media import footage
from tests.ingest.media.conftest import CAMERA, RunningNode

PATH = f"/media/v1/cameras/{CAMERA}/snapshot.jpg"


async def test_the_newest_key_picture(node: RunningNode, feed: Feed) -> None:
    answer = await node.http.get(PATH, params={"ticket": node.ticket(), "stream": "sub"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["last-modified"] == "Thu, 19 Mar 2026 07:00:01 GMT"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (footage.HEIGHT, footage.WIDTH)
    assert float(picture.mean()) == pytest.approx(footage.brightness(10), abs=3)


async def test_a_camera_without_pictures_says_when_to_try_again(
    node: RunningNode, feed: Feed
) -> None:
    feed.parameters = None
    answer = await node.http.get(PATH, params={"ticket": node.ticket(), "stream": "sub"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


async def test_an_unknown_stream_is_not_found(node: RunningNode) -> None:
    answer = await node.http.get(PATH, params={"ticket": node.ticket(), "stream": "main"})
    assert answer.status_code == 404


def test_a_picture_that_is_no_h264() -> None:
    parameters, [unit, *_] = footage.clip(2)
    noise = unit.__class__(0, 0, 0, 1, True, b"noise", 0.0)
    with pytest.raises((NotFound, Unavailable)):
        pictures.newest_key_picture(parameters, [noise])
    with pytest.raises(NotFound):
        pictures.picture_at(b"noise", b"noise", 0.0)


async def test_a_dead_camera_still_gives_its_last_picture_with_its_time(
    node: RunningNode, feed: Feed
) -> None:
    feed.enter(StreamState.STALLED, footage.START, "no picture for 5 s")
    answer = await node.http.get(PATH, params={"ticket": node.ticket(), "stream": "sub"})
    assert (answer.status_code, "last-modified" in answer.headers) == (200, True)
