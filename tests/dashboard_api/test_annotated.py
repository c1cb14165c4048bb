"""The annotated picture: masked first, zones drawn, only for who may see pictures, audited."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from sqlalchemy import select

from dashboard_api.annotated import DrawnZone, annotate
from ingest.media.tickets import verify
from models.camera import MediaNode
from models.kit.errors import Unavailable
from models.observations import ZoneKind, ZoneState
from models.operator import AuditEntry
from tests.builders import NOON
from tests.dashboard_api.conftest import KEY, Centre
from tests.dashboard_api.test_still import a_jpeg, a_node

LEFT = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
RIGHT = [[0.6, 0.2], [0.9, 0.2], [0.9, 0.8], [0.6, 0.8]]
WHITE = np.full((180, 320, 3), 250, np.uint8)


def test_what_is_masked_is_black_and_a_zone_is_drawn() -> None:
    zones = [
        DrawnZone(ZoneKind.MASK, LEFT, None, None, None),
        DrawnZone(ZoneKind.QUEUE, RIGHT, None, ZoneState.OCCUPIED, 6),
    ]
    picture = cv2.imdecode(np.frombuffer(annotate(a_jpeg(WHITE), zones), np.uint8), 1)
    assert picture is not None
    assert picture.shape == (180, 320, 3)
    assert picture[:, :150].max() < 20
    assert picture[90, 240].min() > 230
    assert picture[90, 192].min() < 150, "the zone's left side"


def test_garbage_is_no_picture() -> None:
    with pytest.raises(Unavailable):
        annotate(b"garbage", [])


@pytest.mark.postgis
async def test_the_picture_of_a_moment_is_for_who_may_replay(centre: Centre) -> None:
    camera = centre.office.cameras[0]
    asked: list[str] = []
    async with a_node(a_jpeg(WHITE), asked) as port:
        async with centre.database.transaction() as session:
            session.add(MediaNode(name="node-1", port=port, started_at=NOON, seen_at=NOON))
        path = f"/api/v1/cameras/{camera}/annotated.jpg"
        auditor = await centre.signed_in("auditor")
        assert (await auditor.get(path)).status_code == 403, "an auditor sees no live picture"
        at = centre.clock.now() - timedelta(minutes=5)
        answer = await auditor.get(path, params={"at": at.isoformat()})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    given = parse_qs(urlsplit(asked[0]).query)
    ticket = verify(given["ticket"][0], KEY, centre.clock.now())
    assert (ticket.purpose, ticket.camera, given["at"]) == ("replay", camera, [at.isoformat()])
    async with centre.database.read() as session:
        entry = await session.scalar(
            select(AuditEntry).where(AuditEntry.action == "camera.annotated")
        )
    assert entry is not None
    assert entry.details["at"] == at.isoformat()
