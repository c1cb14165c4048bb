"""Listens to what the cameras of this worker notice by themselves, by ONVIF's pull points."""

import asyncio
import random
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from ingest.cameras.address import Credentials
from ingest.cameras.backoff import Backoff
from ingest.onvif.faults import OnvifRefused
from ingest.onvif.ledger import NoticeLedger
from ingest.onvif.notices import Sign, sign_of
from ingest.onvif.reaching import reach
from ingest.outage import AWAY
from ingest.wake import any_of
from models.camera import Camera
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import CentreError, SettingsError
from models.kit.log import get
from models.kit.secret import load_key, unseal
from models.kit.settings import Settings
from models.observations import NoticeKind
from models.workers import owned_by

log = get(__name__)
_RELOAD_S = 30.0
_HELD_BACK_S = 20  # an empty answer; the longer, the less there is to do
_SETTLED_S = 15.0  # after a subscription; by then a camera has told how things stand
_REFUSED_S = 300.0  # many wrong passwords lock an account
_FORGET_S = 3_600.0


@dataclass(frozen=True, slots=True)
class _Watched:
    camera_id: UUID
    code: str
    url: str
    credentials: Credentials | None = field(repr=False)


class CameraWatch:
    """Follows the camera table; works on without the database."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._key = load_key(settings)
        self._owns = owned_by(settings)
        self._ledger = NoticeLedger(database)
        self._tasks: dict[_Watched, asyncio.Task[None]] = {}
        self._forget_at = clock.monotonic()

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Listen until ``stop``; ``wake`` says that cameras were edited."""
        writing = asyncio.create_task(self._ledger.run(stop))
        try:
            while not stop.is_set():
                wake.clear()
                try:
                    await self._reload()
                except AWAY as error:
                    log.warning("watch.not_loaded", error=str(error))
                await any_of(stop, wake, timeout_s=_RELOAD_S)
        finally:
            for task in self._tasks.values():
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks.values())
            await writing

    async def _reload(self) -> None:
        wanted = set(await self._wanted())
        for gone in self._tasks.keys() - wanted:
            self._tasks.pop(gone).cancel()
            self._ledger.settle(gone.camera_id, frozenset(), self._clock.now())
        for each, task in list(self._tasks.items()):
            if task.done() and not task.cancelled():
                log.critical("watch.died", code=each.code, exc_info=task.exception())
                del self._tasks[each]
        for fresh in wanted - self._tasks.keys():
            self._tasks[fresh] = asyncio.create_task(self._follow(fresh))
        if self._settings.media_worker == 0 and self._clock.monotonic() >= self._forget_at:
            self._forget_at = self._clock.monotonic() + _FORGET_S
            keep = timedelta(days=self._settings.recordings_keep_days)
            await self._ledger.forget(self._clock.now() - keep)

    async def _wanted(self) -> list[_Watched]:
        query = select(Camera.id, Camera.code, Camera.onvif_url, Camera.credentials).where(
            Camera.node_name == self._settings.media_node,
            Camera.enabled,
            Camera.onvif_url.is_not(None),
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return [
            _Watched(row.id, row.code, row.onvif_url, self._unsealed(row.credentials))
            for row in rows
            if self._owns(row.id)
        ]

    def _unsealed(self, sealed: bytes | None) -> Credentials | None:
        if sealed is None:
            return None
        try:
            return Credentials.from_json(unseal(self._key, sealed))
        except SettingsError:  # the streams' own list says it loudly
            return None

    async def _follow(self, watched: _Watched) -> None:
        """Listen to one camera for ever, from one lost connection to the next."""
        backoff = Backoff()
        while True:
            began = self._clock.monotonic()
            try:
                await self._listen(watched)
            except OnvifRefused as refused:
                wait_s, said = _REFUSED_S, refused.detail
            except CentreError as error:
                good_for_s = self._clock.monotonic() - began
                backoff, wait_s = backoff.failed(good_for_s, random.random)
                said = error.detail
            log.info("watch.lost", code=watched.code, reason=said, retry_in_s=round(wait_s, 1))
            await asyncio.sleep(wait_s)

    async def _listen(self, watched: _Watched) -> None:
        """Tell the ledger what the camera notices, until the connection is lost.

        Raises:
            CentreError: it is, or the camera tells no events, or it is not allowed to be asked.
        """
        known: dict[tuple[NoticeKind, str], bool] = {}
        settling: asyncio.TimerHandle | None = None
        loop = asyncio.get_running_loop()

        def settle() -> None:
            lasting = {key for key, active in known.items() if active}
            self._ledger.settle(watched.camera_id, lasting, self._clock.now())

        def begun() -> None:
            nonlocal settling
            known.clear()
            settling = loop.call_later(_SETTLED_S, settle)

        networks = self._settings.camera_networks
        try:
            async with (
                reach(
                    watched.url,
                    watched.credentials,
                    networks,
                    self._clock,
                    timeout_s=_HELD_BACK_S + 10,
                ) as camera,
                aclosing(camera.notices(wait_s=_HELD_BACK_S, begun=begun)) as notices,
            ):
                async for topic, values in notices:
                    sign = sign_of(topic, values)
                    if sign is not None and known.get((sign.kind, sign.source)) != sign.active:
                        known[sign.kind, sign.source] = sign.active
                        self._tell(watched, sign)
        finally:
            if settling is not None:
                settling.cancel()

    def _tell(self, watched: _Watched, sign: Sign) -> None:
        if sign.kind is not NoticeKind.MOTION:
            said = {"kind": sign.kind.value, "source": sign.source, "active": sign.active}
            log.info("camera.noticed", code=watched.code, **said)
        self._ledger.tell(watched.camera_id, sign, self._clock.now())
