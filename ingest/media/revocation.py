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
_LOOK_S = 2.0  # a lost notice costs this much
_REMEMBER = timedelta(hours=24)  # no ticket lives as long
_OVERLAP = timedelta(minutes=1)  # the API's clock, and a commit that took its time


class Revocations:
    """Revoked session ids and what is open for each session. Lives on the event loop.

    Attributes:
        heard_at: when the database last said who was logged out; None: never yet.
    """

    def __init__(self, clock: Clock) -> None:
        self.heard_at: datetime | None = None
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
    """Apply revocations from the database for ever, also those made while this node was away.

    A notice tells of one at once; looking every 2 s finds those whose notice was lost.
    """
    listening = asyncio.create_task(_listen(database, revocations))
    away = False
    try:
        while True:
            began_at = clock.now()
            try:
                await _catch_up(database, revocations, began_at)
                revocations.heard_at, away = began_at, False
            except AWAY as error:
                if not away:  # once an outage
                    log.warning("revocation.lost", error=str(error), retry_in_s=_LOOK_S)
                away = True
            await asyncio.sleep(_LOOK_S)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _listen(database: Database, revocations: Revocations) -> None:
    while True:
        try:
            async for notice in bus.listen(database, ["session"]):
                if notice.data.get("revoked"):
                    closed = revocations.revoke(notice.subject_id)
                    log.info("session.revoked", session=notice.subject_id, closed=closed)
        except AWAY:
            await asyncio.sleep(_RETRY_S)  # follow says so


async def _catch_up(database: Database, revocations: Revocations, now: datetime) -> None:
    """Apply what was revoked since the last time, or within a day at first."""
    heard_at = revocations.heard_at
    since = now - _REMEMBER if heard_at is None else heard_at - _OVERLAP
    async with database.read() as session:
        rows = await session.scalars(select(Session.id).where(Session.revoked_at > since))
    for session_id in rows:
        if not revocations.is_revoked(str(session_id)):
            closed = revocations.revoke(str(session_id))
            log.info("session.revoked", session=str(session_id), closed=closed)
