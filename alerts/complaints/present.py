"""Complaint cards as the API shows them: the whole card, and the lines of a list."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alerts.complaints.cameras import cameras_shown
from alerts.complaints.card_parts import card_parts, summary_parts
from alerts.complaints.findings import findings
from alerts.complaints.workflow import allowed_moves
from alerts.present import alerts_of
from alerts.times import iso
from models.complaint import Complaint
from models.kit.clock import Clock
from models.kit.errors import NotFound
from models.observations import ComplaintState, RoleName


async def summaries(session: AsyncSession, complaints: Sequence[Complaint]) -> list[dict[str, Any]]:
    """Return a ComplaintSummary a card, in the order given; one query for any number."""
    if not complaints:
        return []
    parts = await summary_parts(session, [complaint.id for complaint in complaints])
    return [_summary(complaint) | parts[complaint.id] for complaint in complaints]


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
    parts = await card_parts(session, complaint_id)
    return _summary(complaint) | {
        "ticket_number": complaint.ticket_number,
        "happened_within_s": complaint.happened_within_s,
        "caller_name": complaint.caller_name,
        "caller_phone": complaint.caller_phone,
        "code": complaint.code,
        "camera_id": complaint.camera_id and str(complaint.camera_id),
        "confirmed_at": iso(complaint.confirmed_at),
        "closed_at": iso(complaint.closed_at),
        "cameras": await cameras_shown(session, complaint),
        "alerts": await alerts_of(session, complaint_id),
        "findings": await findings(session, complaint, clock.now()),
        # The move itself may bring the outcome, so closing is offered before there is one.
        "allowed_moves": [
            str(to)
            for to in allowed_moves(
                ComplaintState(complaint.state), RoleName(role), has_outcome=True
            )
        ],
        **parts,
    }


def _summary(complaint: Complaint) -> dict[str, Any]:
    return {
        "id": str(complaint.id),
        "number": complaint.number,
        "state": complaint.state,
        "version": complaint.version,
        "channel": complaint.channel,
        "service_code": complaint.service_code,
        "description": complaint.description,
        "happened_at": iso(complaint.happened_at),
        "requested_at": iso(complaint.requested_at),
    }
