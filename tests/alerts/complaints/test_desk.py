from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alerts.complaints import desk, present
from alerts.complaints.intake import ComplaintIntake, register
from alerts.complaints.workflow import GivenOutcome
from models.complaint import Complaint
from models.kit.bus import changes_after
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.errors import Conflict, Forbidden, InvalidInput, NotFound, PreconditionFailed
from models.kit.ids import new_id
from models.observations import ComplaintState, OutcomeKind, RoleName
from tests.builders import NOON, BuiltOffice, build_office, build_operator

pytestmark = pytest.mark.postgis
S = ComplaintState
HAPPENED_AT = NOON - timedelta(minutes=10)
PROVIDED = GivenOutcome(OutcomeKind.PROVIDED, "Құжат берілді")


@dataclass
class Desk:
    """A registered card and the operator who works on it."""

    database: Database
    office: BuiltOffice
    complaint_id: UUID
    operator: UUID
    clock: ManualClock

    async def move(
        self,
        to: str,
        *,
        note: str = "",
        outcome: GivenOutcome | None = None,
        version: int | None = None,
        role: RoleName = RoleName.SUPERVISOR,
    ) -> Complaint:
        async with self.database.transaction() as session:
            return await desk.move(
                session,
                self.complaint_id,
                to=to,
                note=note,
                outcome=outcome,
                by=self.operator,
                role=role,
                expected_version=version,
                clock=self.clock,
            )

    async def card(self) -> dict[str, Any]:
        async with self.database.read() as session:
            return await present.card(
                session, self.complaint_id, self.clock, role=RoleName.SUPERVISOR
            )


@pytest.fixture
async def at_desk(database: Database) -> Desk:
    clock = ManualClock(NOON)
    async with database.transaction() as session:
        office = await build_office(session)
        operator = await build_operator(session, role="supervisor")
        intake = ComplaintIntake(
            channel="walk_in",
            service_code="refusal",
            description="Отказали без причины",
            office_id=office.office_id,
            window_number=2,
            happened_at=HAPPENED_AT,
        )
        complaint = await register(session, intake, by=operator, clock=clock)
    clock.advance(timedelta(hours=1))
    return Desk(database, office, complaint.id, operator, clock)


async def test_a_card_goes_from_registered_to_closed(at_desk: Desk) -> None:
    await at_desk.move(S.INVESTIGATING, version=1)
    card = await at_desk.card()
    (arrival,) = card["alerts"]
    assert (arrival["state"], card["version"]) == ("resolved", 2)
    await at_desk.move(S.SHORT_ANSWER_SENT)
    met = {clock["kind"]: clock["met_at"] for clock in (await at_desk.card())["clocks"]}
    assert met == {"short_answer": "2026-03-19T08:00:00Z", "full_answer": None}
    await at_desk.move(S.FULL_ANSWER_SENT)
    with pytest.raises(InvalidInput) as refused:
        await at_desk.move(S.CLOSED, note="жабылды")
    assert refused.value.field == "outcome"
    assert (await at_desk.card())["closed_at"] is None
    await at_desk.move(S.CLOSED, outcome=PROVIDED)
    card = await at_desk.card()
    assert (card["state"], card["closed_at"]) == ("closed", "2026-03-19T08:00:00Z")
    assert card["outcome"]["kind"] == "provided"
    assert card["outcome"]["by"]["id"] == str(at_desk.operator)
    assert all(clock["met_at"] for clock in card["clocks"])
    steps = [line["to_state"] for line in card["updates"] if line["kind"] == "state"]
    assert steps == [
        "registered",
        "investigating",
        "short_answer_sent",
        "full_answer_sent",
        "closed",
    ]
    assert card["allowed_moves"] == ["reopened"]
    async with at_desk.database.read() as session:
        said = [n.data["state"] for n in await changes_after(session, 0, ["complaint"])]
    assert said == steps


async def test_an_outcome_given_before_is_enough_to_close(at_desk: Desk) -> None:
    await at_desk.move(S.INVESTIGATING)
    await at_desk.move(S.FULL_ANSWER_SENT, outcome=PROVIDED)
    assert (await at_desk.move(S.CLOSED)).closed_at is not None


async def test_an_empty_outcome_is_none(at_desk: Desk) -> None:
    await at_desk.move(S.INVESTIGATING)
    await at_desk.move(S.FULL_ANSWER_SENT)
    with pytest.raises(InvalidInput) as refused:
        await at_desk.move(S.CLOSED, outcome=GivenOutcome(OutcomeKind.PROVIDED, "  "))
    assert refused.value.field == "outcome.note"


async def test_a_withdrawn_card_says_so_and_comes_back_with_new_clocks(at_desk: Desk) -> None:
    await at_desk.move(S.WITHDRAWN, note="қайтарып алды")
    card = await at_desk.card()
    assert (card["outcome"]["kind"], card["outcome"]["note"]) == ("withdrawn", "қайтарып алды")
    assert card["alerts"][0]["state"] == "resolved"
    before = [clock["due_at"] for clock in card["clocks"]]
    at_desk.clock.advance(timedelta(days=30))
    await at_desk.move(S.REOPENED, note="не решено")
    card = await at_desk.card()
    assert card["outcome"] is None
    assert card["requested_at"] == "2026-03-19T07:00:00Z"
    changed = [line["data"] for line in card["updates"] if line["kind"] == "clock"]
    assert sorted(line["due_before"] for line in changed) == before
    assert sorted(line["due_now"] for line in changed) == [c["due_at"] for c in card["clocks"]]
    assert all(clock["started_at"] == "2026-04-18T08:00:00Z" for clock in card["clocks"])


async def test_who_comes_second_is_told(at_desk: Desk) -> None:
    await at_desk.move(S.INVESTIGATING, version=1)
    with pytest.raises(PreconditionFailed):
        await at_desk.move(S.ACTING, version=1)
    with pytest.raises(Conflict):
        await at_desk.move(S.REGISTERED)
    with pytest.raises(Forbidden):
        await at_desk.move(S.ACTING, role=RoleName.AUDITOR)
    with pytest.raises(InvalidInput) as refused:
        await at_desk.move("burnt")
    assert refused.value.field == "to"
    at_desk.complaint_id = new_id()
    with pytest.raises(NotFound):
        await at_desk.move(S.ACTING)
    with pytest.raises(NotFound):
        await at_desk.card()


async def comment(at_desk: Desk, note: str, role: RoleName) -> None:
    async with at_desk.database.transaction() as session:
        await desk.comment(
            session,
            at_desk.complaint_id,
            note=note,
            by=at_desk.operator,
            role=role,
            clock=at_desk.clock,
        )


async def test_comments(at_desk: Desk) -> None:
    await comment(at_desk, " қоңырау шалдым ", RoleName.AUDITOR)
    card = await at_desk.card()
    assert (card["updates"][-1]["note"], card["version"]) == ("қоңырау шалдым", 1)
    for note, role, error in (
        ("\n", RoleName.AUDITOR, InvalidInput),
        ("x" * 4001, RoleName.AUDITOR, InvalidInput),
        ("x", RoleName.DISPATCHER, Forbidden),
    ):
        with pytest.raises(error):
            await comment(at_desk, note, role)


async def confirm(at_desk: Desk, camera_id: UUID, at: datetime) -> None:
    async with at_desk.database.transaction() as session:
        await desk.confirm_camera(
            session,
            at_desk.complaint_id,
            camera_id=camera_id,
            at=at,
            by=at_desk.operator,
            role=RoleName.OPERATOR,
            expected_version=None,
            clock=at_desk.clock,
        )


async def test_a_confirmed_camera_widens_the_hold(at_desk: Desk) -> None:
    camera = at_desk.office.cameras[0]
    await confirm(at_desk, camera, HAPPENED_AT)  # held already
    card = await at_desk.card()
    assert (len(card["holds"]), card["version"]) == (1, 2)
    await confirm(at_desk, camera, HAPPENED_AT + timedelta(minutes=30))
    card = await at_desk.card()
    assert card["camera_id"] == str(camera)
    assert card["confirmed_at"] == "2026-03-19T07:20:00Z"
    assert [hold["starts_at"] for hold in card["holds"]] == [
        "2026-03-19T06:35:00Z",
        "2026-03-19T07:10:00Z",
    ]
    assert card["updates"][-1]["kind"] == "hold"


async def test_a_camera_of_another_office_is_refused(at_desk: Desk) -> None:
    async with at_desk.database.transaction() as session:
        other = await build_office(session, code="other")
    for camera_id in (other.cameras[0], new_id()):
        with pytest.raises(InvalidInput) as refused:
            await confirm(at_desk, camera_id, HAPPENED_AT)
        assert refused.value.field == "camera_id"
    with pytest.raises(InvalidInput) as refused:
        await confirm(at_desk, at_desk.office.cameras[0], NOON + timedelta(days=1))
    assert refused.value.field == "at"


async def ask_for_clip(
    at_desk: Desk, starts_at: datetime, ends_at: datetime, reason: str = "дәлел"
) -> UUID:
    async with at_desk.database.transaction() as session:
        clip = await desk.request_clip(
            session,
            at_desk.complaint_id,
            camera_id=at_desk.office.cameras[0],
            starts_at=starts_at,
            ends_at=ends_at,
            reason=reason,
            by=at_desk.operator,
            role=RoleName.SUPERVISOR,
            clock=at_desk.clock,
        )
        return clip.id


async def test_a_clip_is_asked_for_and_its_footage_held(at_desk: Desk) -> None:
    starts_at = HAPPENED_AT - timedelta(hours=2)
    clip_id = await ask_for_clip(at_desk, starts_at, starts_at + timedelta(seconds=90))
    card = await at_desk.card()
    (clip,) = card["clips"]
    assert (clip["id"], clip["state"], clip["requested_s"]) == (str(clip_id), "requested", 90)
    assert card["holds"][-1]["starts_at"] == clip["starts_at"]
    async with at_desk.database.read() as session:
        (notice,) = await changes_after(session, 0, ["clip"])
    assert notice.data == {
        "id": str(clip_id),
        "camera_id": str(at_desk.office.cameras[0]),
        "complaint_id": str(at_desk.complaint_id),
        "state": "requested",
    }


async def test_clips_that_cannot_be(at_desk: Desk) -> None:
    minute = timedelta(minutes=1)
    for starts_at, ends_at, reason in (
        (HAPPENED_AT, HAPPENED_AT, "x"),
        (HAPPENED_AT, HAPPENED_AT - minute, "x"),
        (HAPPENED_AT - timedelta(hours=5), HAPPENED_AT, "x"),
        (HAPPENED_AT, NOON + timedelta(days=1), "x"),
        (HAPPENED_AT, HAPPENED_AT + minute, " "),
    ):
        with pytest.raises(InvalidInput):
            await ask_for_clip(at_desk, starts_at, ends_at, reason)


async def test_a_list_of_cards(at_desk: Desk) -> None:
    async with at_desk.database.read() as session:
        complaint = await session.get_one(Complaint, at_desk.complaint_id)
        (line,) = await present.summaries(session, [complaint])
        assert await present.summaries(session, []) == []
    assert line["window"] == {"id": str(at_desk.office.windows[2]), "number": 2}
    assert [clock["kind"] for clock in line["clocks"]] == ["short_answer", "full_answer"]
