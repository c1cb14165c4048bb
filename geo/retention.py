"""What is forgotten: raw messages of devices after a week."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from models.vehicle import RawMessage

KEEP_RAW = timedelta(days=7)  # long enough to mend a decoder and look at what it refused


async def forget_raw_messages(session: AsyncSession, now: datetime) -> None:
    """Delete rejected messages older than a week; a port open to noise must not fill the disk."""
    await session.execute(delete(RawMessage).where(RawMessage.received_at < now - KEEP_RAW))
