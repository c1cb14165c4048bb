"""Who was logged out, or whose session is over: the node closes what plays for it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.media.tickets import Ticket
from ingest.outage import AWAY
from models.kit import bus
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.line import Line
from models.kit.log import get

log = get(__name__)
_REVOKED = "SELECT id FROM session WHERE revoked_at > %(since)s"
_RETRY_S = 1.0
_LOOK_S = 2.0  # a lost notice costs this much
_SWEEP_S = 1.0
_REMEMBER = timedelta(hours=24)  # no ticket lives as long
_OVERLAP = timedelta(minutes=1)  # the API's clock, and a commit that took its time


@dataclass(frozen=True, slots=True, eq=False)
class _Watch:
    close: Callable[[], None]
    ends_at: datetime | None


class Revocations:
    """Revoked session ids and what is open for each session. Lives on the event loop.

    Attributes:
        heard_at: when the database last said who was logged out; None: never yet.
    """

    def __init__(self, clock: Clock) -> None:
        self.heard_at: datetime | None = None
        self._clock = clock
        self._revoked: dict[str, datetime] = {}
        self._open: dict[str, set[_Watch]] = {}

    def is_revoked(self, session: str) -> bool:
        return session in self._revoked

    def is_over(self, ticket: Ticket) -> bool:
        """Tell whether the ticket's session was ended or has ended by itself."""
        ends_at = ticket.session_ends_at
        return self.is_revoked(ticket.session) or (
            ends_at is not None and self._clock.now() >= ends_at
        )

    @contextmanager
    def watch(self, ticket: Ticket, close: Callable[[], None]) -> Iterator[None]:
        """Call ``close`` when the ticket's session is over, as long as the block runs.

        Also where it ended while the viewer was being opened.
        """
        watchers = self._open.setdefault(ticket.session, set())
        watch = _Watch(close, ticket.session_ends_at)
        watchers.add(watch)
        if self.is_over(ticket):
            close()
        try:
            yield
        finally:
            watchers.discard(watch)
            if not watchers and self._open.get(ticket.session) is watchers:
                del self._open[ticket.session]

    def revoke(self, session: str) -> int:
        """Close everything of the session; return how many things that were."""
        now = self._clock.now()
        self._revoked = {s: at for s, at in self._revoked.items() if now - at < _REMEMBER}
        self._revoked[session] = now
        closing = tuple(self._open.get(session, ()))
        for watch in closing:
            watch.close()
        return len(closing)

    def expire(self) -> int:
        """Close everything whose session has ended by itself; return how many things that were."""
        now = self._clock.now()
        ended = [
            watch
            for watchers in self._open.values()
            for watch in watchers
            if watch.ends_at is not None and now >= watch.ends_at
        ]
        for watch in ended:
            watch.close()
        return len(ended)


async def sweep(revocations: Revocations) -> None:
    """Close what outlived its session, for ever. The database is not asked: tickets say it."""
    while True:
        await asyncio.sleep(_SWEEP_S)
        revocations.expire()


async def follow(database: Database, revocations: Revocations, clock: Clock) -> None:
    """Apply revocations from the database for ever, also those made while this node was away.

    A notice tells of one at once; looking every 2 s finds those whose notice was lost.
    """
    listening = asyncio.create_task(_listen(database, revocations))
    away = False
    try:
        async with Line(database) as line:
            while True:
                began_at = clock.now()
                try:
                    await _catch_up(line, revocations, began_at)
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


async def _catch_up(line: Line, revocations: Revocations, now: datetime) -> None:
    """Apply what was revoked since the last time, or within a day at first."""
    heard_at = revocations.heard_at
    since = now - _REMEMBER if heard_at is None else heard_at - _OVERLAP
    for (session_id,) in await line.ask(_REVOKED, {"since": since}):
        if not revocations.is_revoked(str(session_id)):
            closed = revocations.revoke(str(session_id))
            log.info("session.revoked", session=str(session_id), closed=closed)
