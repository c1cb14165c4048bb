from datetime import timedelta
from uuid import UUID

import pytest

from alerts import desk, record
from alerts.present import alert_out, alert_updates
from models.kit.bus import changes_after
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.errors import Conflict, NotFound
from models.kit.ids import new_id
from models.observations import Severity
from tests.builders import NOON, build_office, build_operator

pytestmark = pytest.mark.postgis


@pytest.fixture
async def alert_id(database: Database) -> UUID:
    async with database.transaction() as session:
        office = await build_office(session)
        new = record.NewAlert(
            rule="camera_silent",
            subject=f"camera:{office.cameras[0]}",
            severity=Severity.CRITICAL,
            since_at=NOON,
            office_id=office.office_id,
            camera_id=office.cameras[0],
            details={"streams": {"main": "down"}},
        )
        alert = await record.raise_alert(session, new, NOON)
        assert alert is not None
        assert await record.raise_alert(session, new, NOON) is None  # one open a subject
        return alert.id


async def test_an_alert_is_acknowledged_then_resolved(database: Database, alert_id: UUID) -> None:
    clock = ManualClock(NOON)
    async with database.transaction() as session:
        operator = await build_operator(session)
    for step, note in ((desk.acknowledge, "қарап жатырмын"), (desk.resolve, "орнына келді")):
        clock.advance(timedelta(seconds=30))
        async with database.transaction() as session:
            await step(session, alert_id, by=operator, note=note, clock=clock)
    async with database.read() as session:
        (shown,) = await alert_out(session, [alert_id, new_id()])
        history = await alert_updates(session, alert_id)
        said = [n.data["state"] for n in await changes_after(session, 0, ["alert"])]
    assert said == ["acknowledged", "resolved"]
    assert shown["state"] == "resolved"
    assert shown["acknowledged_by"] == {"id": str(operator), "full_name": "Әйгерім Сапарова"}
    assert shown["acknowledged_at"] == "2026-03-19T07:00:30Z"
    assert shown["office"]["name"]["kk"] == "almaty-1"
    assert shown["window"] is None
    assert [(line["kind"], line["note"]) for line in history] == [
        ("raised", ""),
        ("acknowledged", "қарап жатырмын"),
        ("resolved", "орнына келді"),
    ]


async def test_acknowledging_twice_is_one_line(database: Database, alert_id: UUID) -> None:
    clock = ManualClock(NOON)
    async with database.transaction() as session:
        first = await build_operator(session)
        second = await build_operator(session, login="second")
    for by in (first, second):
        async with database.transaction() as session:
            await desk.acknowledge(session, alert_id, by=by, note="", clock=clock)
    async with database.read() as session:
        (shown,) = await alert_out(session, [alert_id])
        assert len(await alert_updates(session, alert_id)) == 2
    assert shown["acknowledged_by"]["id"] == str(first)


async def test_what_is_gone_or_done_is_refused(database: Database, alert_id: UUID) -> None:
    clock = ManualClock(NOON)
    async with database.transaction() as session:
        by = await build_operator(session)
        await desk.resolve(session, alert_id, by=by, note="", clock=clock)
    for step in (desk.acknowledge, desk.resolve):
        with pytest.raises(Conflict):
            async with database.transaction() as session:
                await step(session, alert_id, by=by, note="", clock=clock)
        with pytest.raises(NotFound):
            async with database.transaction() as session:
                await step(session, new_id(), by=by, note="", clock=clock)


async def test_nothing_asked_nothing_shown(database: Database) -> None:
    async with database.read() as session:
        assert await alert_out(session, []) == []
