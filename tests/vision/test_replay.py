"""A recorded interval says what live pictures would have said; other zones can be tried on it."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from models.kit.database import Database
from models.kit.errors import InvalidInput, NotFound
from models.observation import ZoneObservationRow
from models.observations import StreamKind
from models.operator import AuditEntry
from tests.builders import build_office
from tests.ingest.media import footage
from tests.ingest.media.archive import record
from vision import replay
from vision.detector import Detections, Picture
from vision.recorded import Span


class OneInTheMiddle:
    name = "one"

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        height, width = picture.shape[:2]
        box = np.array([[width * 0.4, height * 0.3, width * 0.6, height * 0.8]], np.float32)
        return Detections(box, np.array([0.9], np.float32))


def span(seconds: float, camera: str = "almaty-1-cam-1") -> Span:
    start = footage.START
    return Span(camera, start, start + timedelta(seconds=seconds), StreamKind.MAIN)


@pytest.mark.postgis
async def test_a_recording_says_what_live_pictures_would_have(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction() as session:
        office = await build_office(session, windows=1)
        await record(session, tmp_path, office.cameras[0], pictures=30, noise=True)
    zones = tmp_path / "zones.json"
    zones.write_text(
        '{"zones": [{"kind": "hall", "polygon": [[0, 0.5], [1, 0.5], [1, 1], [0, 1]]}]}'
    )
    said = await replay.run(
        database, "node-1", tmp_path, span(20), OneInTheMiddle(), "admin", replay.read_zones(zones)
    )
    assert said.looks == 3
    assert [(c["zone"], c["state"], c["people"]) for c in said.changes] == [
        ("hall", "occupied", 1),
        ("hall", "unknown", None),
    ]
    kept = await replay.run(database, "node-1", tmp_path, span(3), OneInTheMiddle(), "admin")
    assert {change["zone"] for change in kept.changes} == {"operator 1", "queue"}
    with pytest.raises(NotFound, match="no camera nobody"):
        await replay.run(database, "node-1", tmp_path, span(3, "nobody"), OneInTheMiddle(), "a")
    async with database.read() as session:
        assert await session.scalar(select(func.count(ZoneObservationRow.id))) == 0
        assert await session.scalar(select(func.count(AuditEntry.id))) == 2


@pytest.mark.parametrize("text", ["{}", '{"zones": [{"kind": "moon", "polygon": []}]}', "no json"])
def test_a_file_without_zones_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "zones.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match="holds no zones"):
        replay.read_zones(path)
