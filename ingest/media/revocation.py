"""Who was logged out: the node closes what plays for that session and opens nothing new."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import select

from ingest.outage import AWAY
from models.kit import bus
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.log import get
from models.operator import Session

log = get(__name__)
_RETRY_S = 1.0
_REMEMBER = timedelta(hours=24)  # no ticket lives as long


class Revocations:
    """Revoked session ids and what is open for each session. Lives on the event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._revoked: dict[str, datetime] = {}
        self._open: dict[str, set[Callable[[], None]]] = {}

    def is_revoked(self, session: str) -> bool:
        return session in self._revoked

    @contextmanager
    def watch(self, session: str, close: Callable[[], None]) -> Iterator[None]:
        """Call ``close`` when the session is revoked, as long as the block runs."""
        watchers = self._open.setdefault(session, set())
        watchers.add(close)
        try:
            yield
        finally:
            watchers.discard(close)
            if not watchers and self._open.get(session) is watchers:
                del self._open[session]

    def revoke(self, session: str) -> int:
        """Close everything of the session; return how many things that were."""
        now = self._clock.now()
        self._revoked = {s: at for s, at in self._revoked.items() if now - at < _REMEMBER}
        self._revoked[session] = now
        closing = tuple(self._open.get(session, ()))
        for close in closing:
            close()
        return len(closing)


async def follow(database: Database, revocations: Revocations, clock: Clock) -> None:
    """Apply revocations from the database for ever, also those made while this node was away."""
    away = False
    while True:
        try:
            seq = await _catch_up(database, revocations, clock)
            away = False
            async for notice in bus.listen(database, ["session"], after=seq):
                if notice.data.get("revoked"):
                    closed = revocations.revoke(notice.subject_id)
                    log.info("session.revoked", session=notice.subject_id, closed=closed)
        except AWAY as error:
            if not away:  # once an outage
                log.warning("revocation.lost", error=str(error), retry_in_s=_RETRY_S)
            away = True
            await asyncio.sleep(_RETRY_S)


async def _catch_up(database: Database, revocations: Revocations, clock: Clock) -> int:
    recently = clock.now() - _REMEMBER
    async with database.read() as session:
        seq = await bus.last_seq(session)
        rows = await session.execute(select(Session.id).where(Session.revoked_at > recently))
        for session_id in rows.scalars():
            if not revocations.is_revoked(str(session_id)):
                revocations.revoke(str(session_id))
    return seq
