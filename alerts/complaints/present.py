"""Complaint cards as the API shows them: the whole card, and the lines of a list."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.complaints.cameras import rank_cameras
from alerts.complaints.findings import findings
from alerts.complaints.workflow import allowed_moves
from alerts.present import alert_out, person
from alerts.times import iso
from models.alert import Alert, ComplaintAlert
from models.camera import Camera
from models.complaint import Complaint, ComplaintClock, ComplaintUpdate, Outcome
from models.kit.clock import Clock
from models.kit.errors import NotFound
from models.observations import ComplaintState, RoleName
from models.office import Office, ServiceWindow
from models.operator import Operator
from models.recording import Clip, Hold


async def summaries(session: AsyncSession, complaints: Sequence[Complaint]) -> list[dict[str, Any]]:
    """Return a ComplaintSummary a card, in the order given; four queries for any number."""
    if not complaints:
        return []
    ids = [card.id for card in complaints]
    offices = {
        office_id: {"id": str(office_id), "name": name}
        for office_id, name in await session.execute(
            select(Office.id, Office.name).where(Office.id.in_({c.office_id for c in complaints}))
        )
    }
    windows = {
        window_id: {"id": str(window_id), "number": number}
        for window_id, number in await session.execute(
            select(ServiceWindow.id, ServiceWindow.number).where(
                ServiceWindow.id.in_({c.window_id for c in complaints if c.window_id})
            )
        )
    }
    clocks = await _clocks(session, ids)
    outcomes = await _outcomes(session, ids)
    return [
        {
            "id": str(card.id),
            "number": card.number,
            "state": card.state,
            "version": card.version,
            "channel": card.channel,
            "service_code": card.service_code,
            "description": card.description,
            "office": offices[card.office_id],
            "window": windows[card.window_id] if card.window_id else None,
            "happened_at": iso(card.happened_at),
            "requested_at": iso(card.requested_at),
            "clocks": clocks[card.id],
            "outcome": outcomes.get(card.id),
        }
        for card in complaints
    ]


async def card(
    session: AsyncSession,
    complaint_id: UUID,
    clock: Clock,
    *,
    role: RoleName | str = RoleName.SUPERVISOR,
) -> dict[str, Any]:
    """Return the ComplaintCard; ``allowed_moves`` are those of the role.

    Raises:
        NotFound: no such complaint.
    """
    complaint = await session.get(Complaint, complaint_id)
    if complaint is None:
        msg = "There is no such complaint."
        raise NotFound(msg)
    (summary,) = await summaries(session, [complaint])
    return summary | {
        "ticket_number": complaint.ticket_number,
        "happened_within_s": complaint.happened_within_s,
        "caller_name": complaint.caller_name,
        "caller_phone": complaint.caller_phone,
        "code": complaint.code,
        "camera_id": complaint.camera_id and str(complaint.camera_id),
        "confirmed_at": iso(complaint.confirmed_at),
        "closed_at": iso(complaint.closed_at),
        "cameras": await _cameras(session, complaint),
        "holds": await _holds(session, complaint_id),
        "updates": await _updates(session, complaint_id),
        "alerts": await alert_out(session, await _alert_ids(session, complaint_id)),
        "findings": await findings(session, complaint, clock.now()),
        "clips": await _clips(session, complaint_id),
        # The move itself may bring the outcome, so closing is offered before there is one.
        "allowed_moves": [
            str(to)
            for to in allowed_moves(
                ComplaintState(complaint.state), RoleName(role), has_outcome=True
            )
        ],
    }


def clip_out(clip: Clip) -> dict[str, Any]:
    """Return a Clip as the API shows it; its path stays inside."""
    return {
        "id": str(clip.id),
        "camera_id": str(clip.camera_id),
        "starts_at": iso(clip.starts_at),
        "ends_at": iso(clip.ends_at),
        "state": clip.state,
        "detail": clip.detail,
        "requested_s": clip.requested_s,
        "delivered_s": clip.delivered_s,
        "sha256": clip.sha256,
        "size_bytes": clip.size_bytes,
        "requested_at": iso(clip.requested_at),
        "ready_at": iso(clip.ready_at),
    }


async def _clocks(
    session: AsyncSession, complaint_ids: Sequence[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    rows = await session.execute(
        select(ComplaintClock)
        .where(ComplaintClock.complaint_id.in_(complaint_ids))
        .order_by(ComplaintClock.due_at)
    )
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.scalars():
        found[row.complaint_id].append(
            {
                "kind": row.kind,
                "days": row.days,
                "working_days": row.working_days,
                "started_at": iso(row.started_at),
                "due_at": iso(row.due_at),
                "met_at": iso(row.met_at),
                "explanation": row.explanation,
            }
        )
    return found


async def _outcomes(
    session: AsyncSession, complaint_ids: Sequence[UUID]
) -> dict[UUID, dict[str, Any]]:
    rows = await session.execute(
        select(Outcome, Operator)
        .join(Operator, Operator.id == Outcome.by)
        .where(Outcome.complaint_id.in_(complaint_ids))
    )
    return {
        outcome.complaint_id: {
            "kind": outcome.kind,
            "note": outcome.note,
            "at": iso(outcome.at),
            "by": person(by),
        }
        for outcome, by in rows
    }


async def _cameras(session: AsyncSession, complaint: Complaint) -> list[dict[str, Any]]:
    ranked = await rank_cameras(
        session, complaint.office_id, complaint.window_id, complaint.happened_at
    )
    shown = {
        camera_id: {"id": str(camera_id), "name": name, "view": view}
        for camera_id, name, view in await session.execute(
            select(Camera.id, Camera.name, Camera.view).where(
                Camera.office_id == complaint.office_id
            )
        )
    }
    return [
        {
            "camera": shown[camera.camera_id],
            "score": camera.score,
            "reasons": [str(reason) for reason in camera.reasons],
            "replay_from": iso(camera.replay_from),
            "at": iso(camera.at),
        }
        for camera in ranked
    ]


async def _holds(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Hold)
        .where(Hold.complaint_id == complaint_id, Hold.released_at.is_(None))
        .order_by(Hold.made_at)
    )
    return [
        {
            "id": str(hold.id),
            "camera_ids": [str(camera_id) for camera_id in hold.camera_ids],
            "starts_at": iso(hold.starts_at),
            "ends_at": iso(hold.ends_at),
        }
        for hold in rows.scalars()
    ]


async def _updates(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(ComplaintUpdate, Operator)
        .outerjoin(Operator, Operator.id == ComplaintUpdate.by)
        .where(ComplaintUpdate.complaint_id == complaint_id)
        .order_by(ComplaintUpdate.id)
    )
    return [
        {
            "at": iso(line.at),
            "kind": line.kind,
            "from_state": line.from_state,
            "to_state": line.to_state,
            "by": person(by),
            "note": line.note,
            "data": line.data,
        }
        for line, by in rows
    ]


async def _alert_ids(session: AsyncSession, complaint_id: UUID) -> list[UUID]:
    tied = select(ComplaintAlert.alert_id).where(ComplaintAlert.complaint_id == complaint_id)
    rows = await session.execute(
        select(Alert.id)
        .where(Alert.id.in_(tied) | (Alert.complaint_id == complaint_id))
        .order_by(Alert.raised_at.desc())
    )
    return list(rows.scalars())


async def _clips(session: AsyncSession, complaint_id: UUID) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(Clip).where(Clip.complaint_id == complaint_id).order_by(Clip.requested_at)
    )
    return [clip_out(clip) for clip in rows.scalars()]
