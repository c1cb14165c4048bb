"""What people do to a card: move, comment, confirm the camera, ask for a clip.

Called inside the API's own transaction; every step writes history and is announced.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import lifecycle, record, ties
from alerts.calendars import load_calendar
from alerts.complaints import holds, workflow
from alerts.complaints.clocks import POLICY, deadlines
from alerts.complaints.texts import clean
from alerts.complaints.workflow import GivenOutcome
from alerts.times import iso
from models.camera import Camera
from models.complaint import Complaint, ComplaintClock, ComplaintUpdate, Outcome
from models.kit.bus import announce
from models.kit.clock import Clock
from models.kit.errors import Forbidden, InvalidInput, NotFound, PreconditionFailed
from models.observations import ComplaintState, OutcomeKind, RoleName
from models.office import Office
from models.recording import Clip

_NOTE_MAX = 4000
_CLIP_MAX_S = 4 * 3600


async def move(  # noqa: PLR0913 - the API hands over the whole request, each part by name
    session: AsyncSession,
    complaint_id: UUID,
    *,
    to: ComplaintState | str,
    note: str = "",
    outcome: GivenOutcome | None = None,
    by: UUID,
    role: RoleName | str,
    expected_version: int | None,
    clock: Clock,
) -> Complaint:
    """Move a card along the workflow, with the outcome of the service where one is given.

    Raises:
        NotFound, PreconditionFailed, Conflict, Forbidden, InvalidInput: see workflow.check_move.
    """
    card = await _locked(session, complaint_id, expected_version)
    now, before, target = clock.now(), ComplaintState(card.state), _state(to)
    known = await session.get(Outcome, card.id)
    workflow.check_move(
        before,
        target,
        RoleName(role),
        note=note,
        has_outcome=known is not None or outcome is not None,
    )
    note = clean(note, "note", _NOTE_MAX) if note.strip() else ""
    if outcome is None and target is ComplaintState.WITHDRAWN and known is None:
        outcome = GivenOutcome(OutcomeKind.WITHDRAWN, note)
    if outcome is not None:
        await _record_outcome(session, card, known, outcome, by=by, at=now)
    if before in workflow.FINISHED:
        await _start_again(session, card, known, by=by, at=now)
    await _meet_clocks(session, card, target, now)
    card.state = target
    card.closed_at = now if target is ComplaintState.CLOSED else None
    card.version += 1
    session.add(
        ComplaintUpdate(
            complaint_id=card.id,
            at=now,
            kind="state",
            from_state=before,
            to_state=target,
            by=by,
            note=note,
        )
    )
    if target not in workflow.AWAITING_FIRST_LOOK:
        await _resolve_arrival(session, card, by=by, at=now)
    ties.announce_complaint(session, card)
    return card


async def comment(
    session: AsyncSession,
    complaint_id: UUID,
    *,
    note: str,
    by: UUID,
    role: RoleName | str,
    clock: Clock,
) -> Complaint:
    """Add a line to the card's history; does not change its version.

    Raises:
        NotFound, Forbidden; InvalidInput: the note is empty.
    """
    card = await _locked(session, complaint_id, None)
    _check_role(role)
    _note(session, card, "comment", by=by, at=clock.now(), note=clean(note, "note", _NOTE_MAX))
    ties.announce_complaint(session, card)
    return card


async def confirm_camera(
    session: AsyncSession,
    complaint_id: UUID,
    *,
    camera_id: UUID,
    at: datetime,
    by: UUID,
    role: RoleName | str,
    expected_version: int | None = None,
    clock: Clock,
) -> Complaint:
    """A person saw the caller on this camera at ``at``: remember it and hold what is around it.

    Raises:
        NotFound, PreconditionFailed, Forbidden; InvalidInput: the camera is not of the office.
    """
    card = await _locked(session, complaint_id, expected_version)
    _check_role(role)
    now = clock.now()
    await _check_camera(session, card, camera_id)
    _check_moment(at, now, "at")
    card.camera_id, card.confirmed_at = camera_id, at
    card.version += 1
    _note(
        session,
        card,
        "camera_confirmed",
        by=by,
        at=now,
        more={"camera_id": str(camera_id), "at": iso(at)},
    )
    await holds.ensure_held(session, card, holds.around([camera_id], at), by=by, at=now)
    ties.announce_complaint(session, card)
    return card


async def request_clip(  # noqa: PLR0913 - as move
    session: AsyncSession,
    complaint_id: UUID,
    *,
    camera_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: UUID,
    role: RoleName | str,
    clock: Clock,
) -> Clip:
    """Ask the media node for a piece of footage as evidence; it is held until it is cut.

    Raises:
        NotFound, Forbidden; InvalidInput: no such span, camera or reason.
    """
    card = await _locked(session, complaint_id, None)
    _check_role(role)
    now = clock.now()
    await _check_camera(session, card, camera_id)
    _check_moment(starts_at, now, "from")
    _check_moment(ends_at, now, "to")
    length_s = (ends_at - starts_at).total_seconds()
    if not 0 < length_s <= _CLIP_MAX_S:
        msg = f"The clip must end after it starts and last at most {_CLIP_MAX_S // 3600} hours."
        raise InvalidInput(msg, field="to")
    clip = Clip(
        camera_id=camera_id,
        complaint_id=card.id,
        starts_at=starts_at,
        ends_at=ends_at,
        state="requested",
        requested_by=by,
        requested_at=now,
        reason=clean(reason, "reason", _NOTE_MAX),
        requested_s=length_s,
    )
    session.add(clip)
    await session.flush()
    footage = holds.Footage((camera_id,), starts_at, ends_at)
    await holds.ensure_held(session, card, footage, by=by, at=now)
    _note(session, card, "clip", by=by, at=now, note=clip.reason, more={"clip_id": str(clip.id)})
    announce(
        session,
        "clip",
        clip.id,
        {
            "id": str(clip.id),
            "camera_id": str(camera_id),
            "complaint_id": str(card.id),
            "state": clip.state,
        },
    )
    ties.announce_complaint(session, card)
    return clip


async def _locked(
    session: AsyncSession, complaint_id: UUID, expected_version: int | None
) -> Complaint:
    card = (
        await session.execute(
            select(Complaint).where(Complaint.id == complaint_id).with_for_update()
        )
    ).scalar_one_or_none()
    if card is None:
        msg = "There is no such complaint."
        raise NotFound(msg)
    if expected_version is not None and card.version != expected_version:
        msg = "Somebody changed this card first; reload it and decide again."
        raise PreconditionFailed(msg)
    return card


def _state(value: ComplaintState | str) -> ComplaintState:
    try:
        return ComplaintState(value)
    except ValueError:
        msg = f"to must be one of: {', '.join(ComplaintState)}."
        raise InvalidInput(msg, field="to") from None


def _check_role(role: RoleName | str) -> None:
    if RoleName(role) not in workflow.MAY_WORK_ON_CARD:
        msg = f"Cards are for {', '.join(sorted(workflow.MAY_WORK_ON_CARD))}, not for {role}."
        raise Forbidden(msg)


async def _check_camera(session: AsyncSession, card: Complaint, camera_id: UUID) -> None:
    camera = await session.get(Camera, camera_id)
    if camera is None or camera.office_id != card.office_id:
        msg = "This camera is not of the complaint's office; choose one from the card."
        raise InvalidInput(msg, field="camera_id")


def _check_moment(at: datetime, now: datetime, field: str) -> None:
    if at.tzinfo is None or at > now:
        msg = f"{field} must be a time with an offset that has passed already."
        raise InvalidInput(msg, field=field)


def _note(
    session: AsyncSession,
    card: Complaint,
    kind: str,
    *,
    by: UUID,
    at: datetime,
    note: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:
    session.add(
        ComplaintUpdate(
            complaint_id=card.id, at=at, kind=kind, by=by, note=note, data=dict(more or {})
        )
    )


async def _record_outcome(
    session: AsyncSession,
    card: Complaint,
    known: Outcome | None,
    outcome: GivenOutcome,
    *,
    by: UUID,
    at: datetime,
) -> None:
    note = clean(outcome.note, "outcome.note", _NOTE_MAX)
    if known is None:
        session.add(Outcome(complaint_id=card.id, kind=outcome.kind, note=note, at=at, by=by))
    else:
        known.kind, known.note, known.at, known.by = outcome.kind, note, at, by
    _note(session, card, "outcome", by=by, at=at, note=note, more={"kind": str(outcome.kind)})


async def _start_again(
    session: AsyncSession, card: Complaint, known: Outcome | None, *, by: UUID, at: datetime
) -> None:
    """A reopened card owes both answers anew; the first registration date stays in the card."""
    if known is not None:
        await session.delete(known)
    office = await session.get_one(Office, card.office_id)
    calendar = await load_calendar(session)
    fresh = {deadline.rule.kind: deadline for deadline in deadlines(at, office.time_zone, calendar)}
    for running in await _clocks(session, card):
        deadline = fresh[running.kind]
        more = {"clock": running.kind, "due_before": iso(running.due_at)}
        running.started_at, running.due_at, running.met_at = at, deadline.due_at, None
        running.explanation = deadline.explanation(POLICY, calendar)
        _note(session, card, "clock", by=by, at=at, more=more | {"due_now": iso(running.due_at)})


async def _meet_clocks(
    session: AsyncSession, card: Complaint, target: ComplaintState, at: datetime
) -> None:
    met = workflow.CLOCKS_MET.get(target, ())
    for running in await _clocks(session, card):
        if running.kind in met and running.met_at is None:
            running.met_at = at


async def _clocks(session: AsyncSession, card: Complaint) -> list[ComplaintClock]:
    rows = await session.execute(
        select(ComplaintClock).where(ComplaintClock.complaint_id == card.id)
    )
    return list(rows.scalars())


async def _resolve_arrival(
    session: AsyncSession, card: Complaint, *, by: UUID, at: datetime
) -> None:
    """Somebody works on the card: its «complaint received» alert has done its duty."""
    alert = await record.unresolved(session, ties.COMPLAINT_RECEIVED, f"complaint:{card.id}")
    if alert is not None:
        record.clear_alert(session, alert, at)
        if alert.resolved_at is None:
            step = lifecycle.resolve(record.status_of(alert))
            record.apply_step(session, alert, step, at=at, by=by, note=f"card {card.state}")
        await record.publish(session, alert.id)
