"""The burned-in mark can be read from what a viewer decodes, and noise is not a mark."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from ingest.simulated.burned import Mark, burn, read_counter, read_mark
from ingest.simulated.hall import Hall
from ingest.simulated.render import clip_path, render_all
from ingest.simulated.scenes import SCENES, STAFFED

HALL = SCENES[2]


@pytest.mark.parametrize("size", [(360, 640), (720, 1280), (1080, 1920)])
@pytest.mark.parametrize("mark", [Mark(0, 0, 0), Mark(3, 4, 99), Mark(15, 15, 1023)])
def test_a_mark_reads_as_it_was_burned(mark: Mark, size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 120, np.uint8)
    burn(picture, mark, "hall")
    assert read_mark(picture) == mark


def test_pictures_without_a_mark_read_as_none() -> None:
    random = np.random.default_rng(3)
    for picture in (
        np.zeros((360, 640, 3), np.uint8),
        np.full((360, 640), 255, np.uint8),
        random.integers(0, 256, (360, 640, 3), dtype=np.uint8),
        np.zeros((2, 2, 3), np.uint8),
    ):
        assert read_counter(picture) is None


def test_a_flipped_cell_is_noticed() -> None:
    picture = np.full((360, 640, 3), 120, np.uint8)
    burn(picture, Mark(1, 2, 3), "")
    picture[:, 500:506] = 255 - picture[:, 500:506]
    assert read_mark(picture) != Mark(1, 2, 3)
    assert read_counter(picture) is None


def test_pictures_of_a_hall_move() -> None:
    hall = Hall(SCENES[0], STAFFED)
    first, later = hall.picture(0), hall.picture(25)
    people = np.s_[200:640, 900:1280]
    assert float(cv2.absdiff(first[people], later[people]).max()) > 60


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    render_all(folder, scenes=(HALL,), variants=(STAFFED,), workers=1)
    return folder


@pytest.mark.parametrize(("kind", "width"), [("main", 1280), ("sub", 640)])
def test_every_picture_of_a_rendered_clip_carries_its_number(
    clips: Path, kind: str, width: int
) -> None:
    with av.open(str(clip_path(clips, HALL.name, STAFFED, kind))) as container:
        frames = [
            np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            for frame in container.decode(video=0)
        ]
    assert frames[0].shape[1] == width
    assert [read_mark(frame) for frame in frames] == [Mark(2, 0, n) for n in range(100)]


def test_a_clip_is_made_again_only_when_outdated(clips: Path) -> None:
    main = clip_path(clips, HALL.name, STAFFED, "main")
    made = main.stat().st_mtime_ns
    render_all(clips, scenes=(HALL,), variants=(STAFFED,), workers=1)
    assert main.stat().st_mtime_ns == made
    main.with_name(f"{HALL.name}-{STAFFED}.sha256").write_text("older drawing")
    render_all(clips, scenes=(HALL,), variants=(STAFFED,), workers=1)
    assert main.stat().st_mtime_ns > made
