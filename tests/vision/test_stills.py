"""Stills come out of recordings masked, with zones and proposed labels, and are audited."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import select

from models.camera import Zone
from models.kit.database import Database
from models.kit.errors import InvalidInput, NotFound
from models.kit.ids import new_id
from models.observations import StreamKind, ZoneKind
from models.operator import AuditEntry
from tests.builders import build_office
from tests.ingest.media import footage
from tests.ingest.media.archive import record
from vision import stills
from vision.detector import Detections, Picture
from vision.labelled_set import read_set
from vision.recorded import Span
from vision.sequence import Sequence

LEFT_HALF = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]


class OneInTheMiddle:
    name = "one"

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        height, width = picture.shape[:2]
        box = np.array([[width / 4, height / 4, width / 2, height / 2]], np.float32)
        return Detections(box, np.array([0.9], np.float32))


def wish(begin_s: float = 0, end_s: float = 3, camera: str = "almaty-1-cam-1") -> Span:
    start = footage.START
    return Span(
        camera,
        start + timedelta(seconds=begin_s),
        start + timedelta(seconds=end_s),
        StreamKind.MAIN,
    )


async def recorded(database: Database, recordings: Path) -> UUID:
    """Two seconds of footage of a camera whose left half is masked."""
    async with database.transaction() as session:
        camera = (await build_office(session)).cameras[0]
        session.add(
            Zone(id=new_id(), camera_id=camera, kind=ZoneKind.MASK, name="door", polygon=LEFT_HALF)
        )
        await record(session, recordings, camera, start=footage.START, pictures=20)
    return camera


@pytest.mark.postgis
async def test_a_set_comes_out_of_recordings(database: Database, tmp_path: Path) -> None:
    camera = await recorded(database, tmp_path / "recordings")
    folder = tmp_path / "set"
    taken = await stills.take(
        database, "node-1", tmp_path / "recordings", wish(), 1, folder, OneInTheMiddle(), "admin"
    )
    assert (taken.stills, taken.people, taken.missing) == (2, 2, 2)
    first, second = read_set(folder)
    assert first.group == "almaty-1-cam-1"
    assert second.path.name == "20260319T070001000Z.jpg"
    picture, truth = second.open()
    assert picture.shape == (footage.HEIGHT, footage.WIDTH, 3)
    assert picture[:, : footage.WIDTH // 2 - 8].max() <= 8  # masked before it was written
    assert picture[64, 150].mean() == pytest.approx(footage.brightness(10), abs=6)
    assert truth.people.tolist() == [pytest.approx([48, 32, 96, 64], abs=0.1)]
    draft = Sequence.model_validate_json((folder / "sequence.draft.json").read_bytes())
    assert {zone.kind for zone in draft.zones} == {ZoneKind.OPERATOR, ZoneKind.QUEUE}
    assert {zone.window for zone in draft.zones} == {1, 2, 3, 4, None}
    assert [look.at_s for look in draft.looks] == [0, 1]
    async with database.read() as session:
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "camera.stills"))
    assert entry is not None
    assert entry.subject == str(camera)
    assert json.dumps(entry.details["by"]) == '"admin"'


@pytest.mark.postgis
async def test_what_is_not_there_is_named_and_nothing_is_written(
    database: Database, tmp_path: Path
) -> None:
    await recorded(database, tmp_path / "recordings")
    for asked, told in ((wish(camera="nobody"), "no camera nobody"), (wish(60, 90), "recorded")):
        with pytest.raises(NotFound, match=told):
            await stills.take(
                database, "node-1", tmp_path / "recordings", asked, 1, tmp_path / "set", None, "a"
            )
    assert not (tmp_path / "set").exists()
    async with database.read() as session:
        assert await session.scalar(select(AuditEntry)) is None


@pytest.mark.postgis
async def test_a_file_that_is_gone_is_a_missing_still(database: Database, tmp_path: Path) -> None:
    await recorded(database, tmp_path / "recordings")
    for path in (tmp_path / "recordings").rglob("*.mp4"):
        path.write_bytes(b"noise")
    taken = await stills.take(
        database, "node-1", tmp_path / "recordings", wish(), 1, tmp_path / "set", None, "admin"
    )
    assert (taken.stills, taken.missing) == (0, 4)


@pytest.mark.parametrize(
    ("asked", "every_s", "told"),
    [
        (wish(3, 0), 1, "after the start"),
        (wish(), 0, "above 0"),
        (wish(0, 86_400), 1, "too many"),
    ],
    ids=["backwards", "no step", "a day of seconds"],
)
def test_a_wish_that_cannot_be_meant_is_named(asked: Span, every_s: float, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        stills.times(asked, every_s)
