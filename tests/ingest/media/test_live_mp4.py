"""live.mp4 plays in any player, from the cached key picture on."""

import asyncio
import io

import av
import pytest

from ingest.cameras.feed import Feed
from ingest.media.live_mp4 import Mp4Viewer
from tests.ingest.media import footage
from tests.ingest.media.conftest import CAMERA, RunningNode

PATH = f"/media/v1/cameras/{CAMERA}/live.mp4"


def brightness_of(mp4: bytes) -> list[float]:
    with av.open(io.BytesIO(mp4), "r", format="mp4") as container:
        return [float(f.to_ndarray(format="gray").mean()) for f in container.decode(video=0)]


async def test_it_starts_at_the_cached_key_picture_and_goes_on(
    node: RunningNode, feed: Feed
) -> None:
    _, units = footage.clip(20)
    got = bytearray()
    async with node.http.stream("GET", PATH, params={"ticket": node.ticket()}) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
        later = iter(units[15:])
        async for chunk in answer.aiter_bytes():
            got += chunk
            if got.count(b"moof") == 0:
                continue
            unit = next(later, None)
            if unit is None:
                break
            feed.publish(unit)
    expected = [footage.brightness(n) for n in range(10, 20)]
    assert brightness_of(bytes(got)) == pytest.approx(expected, abs=3)


async def test_new_parameters_end_the_file(node: RunningNode, feed: Feed) -> None:
    async with node.http.stream("GET", PATH, params={"ticket": node.ticket()}) as answer:
        chunks = answer.aiter_bytes()
        await anext(chunks)
        assert feed.parameters is not None
        feed.publish_parameters(feed.parameters)
        async for _ in chunks:
            pass  # ends by itself


async def test_a_slow_reader_skips_to_a_key_picture(feed: Feed) -> None:
    viewer = Mp4Viewer(feed)
    _, units = footage.clip(21)
    big = units[10].__class__(0, units[10].dts, 0, footage.STEP, False, bytes(3_000_000), 0.0)
    reading = viewer.fragments()
    await anext(reading)
    for unit in (big, big, units[16], units[20]):
        viewer.on_access_unit(unit)
    fragment = await asyncio.wait_for(anext(reading), 5)
    assert units[20].avcc in fragment
    assert units[16].avcc not in fragment
    await reading.aclose()  # type: ignore[attr-defined]
