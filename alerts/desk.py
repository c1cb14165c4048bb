"""What a person does to an alert; called inside the API's own transaction."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from alerts import lifecycle, record
from models.alert import Alert
from models.kit.clock import Clock
from models.kit.errors import NotFound


async def acknowledge(
    session: AsyncSession, alert_id: UUID, *, by: UUID, note: str = "", clock: Clock
) -> Alert:
    """Take the alert on and tell everybody; a second time is not an error.

    Raises:
        NotFound: no such alert.
        Conflict: it is resolved already.
    """
    alert = await _locked(session, alert_id)
    step = lifecycle.acknowledge(record.status_of(alert))
    if step.lines:
        record.apply_step(session, alert, step, at=clock.now(), by=by, note=note)
        await record.publish(session, alert.id)
    return alert


async def resolve(
    session: AsyncSession, alert_id: UUID, *, by: UUID, note: str = "", clock: Clock
) -> Alert:
    """Close the alert and tell everybody.

    Raises:
        NotFound: no such alert.
        Conflict: it is resolved already.
    """
    alert = await _locked(session, alert_id)
    step = lifecycle.resolve(record.status_of(alert))
    record.apply_step(session, alert, step, at=clock.now(), by=by, note=note)
    await record.publish(session, alert.id)
    return alert


async def _locked(session: AsyncSession, alert_id: UUID) -> Alert:
    alert = (
        await session.execute(select(Alert).where(Alert.id == alert_id).with_for_update())
    ).scalar_one_or_none()
    if alert is None:
        msg = "There is no such alert; reload the alert list."
        raise NotFound(msg)
    return alert
