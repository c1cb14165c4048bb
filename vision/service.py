"""Runs the room: the plan and changes are the database's, the pictures are the media nodes'."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple
from uuid import UUID

import psycopg
from prometheus_client import REGISTRY
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from models.kit import bus
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.log import get
from models.kit.service import serve_health, wait
from models.observations import StreamKind
from models.workers import worker_of
from vision.camera_metrics import CameraMetrics
from vision.detector import Detector
from vision.eyes import Look
from vision.health import CameraHealth
from vision.heartbeat import Itself, beat
from vision.looking import Looking
from vision.pace import KeyPace
from vision.plan import concluded_before, load, node_address, node_workers, waited_before
from vision.record import Backlog
from vision.sight import Sight
from vision.viewer import Viewer
from vision.watch import Before, Outcome, Watch
from vision.watched import Plan

log = get(__name__)
_RETRY_S = 1.0
_TILES_A_SOCKET = 64  # the node takes no more
_RELOAD_S = 30.0  # a lost notice costs this much, not the change
_AWAY = (SQLAlchemyError, psycopg.Error, OSError)


class Socket(NamedTuple):
    """One live socket: to which worker of which node, and its number among those."""

    node: str
    worker: int
    number: int


class VisionService:
    """One process: inference threads, viewers for each media worker, one state a zone."""

    def __init__(
        self,
        database: Database,
        detectors: Sequence[Detector],
        key: bytes,
        clock: Clock,
        *,
        name: str = "vision-1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``tls`` where the media nodes of this installation serve TLS; None where they do not."""
        self._tls = tls
        self._database = database
        self._clock = clock
        self._key = key
        self._itself = Itself(name, detectors[0].name)
        self._looking = Looking(detectors, clock, self._on_look)
        self._watch = Watch()
        self._backlog = Backlog(database)
        self._to_write = asyncio.Event()
        self._reload_now = asyncio.Event()
        self._viewers: dict[Socket, Viewer] = {}
        self._sockets: frozenset[Socket] = frozenset()  # those that have cameras now
        self._addresses: dict[tuple[str, int], str] = {}
        self._plan: Plan | None = None
        self._database_here = False

    async def run(self, stop: asyncio.Event, *, health_host: str, health_port: int) -> None:
        """Work until ``stop``; then write what is known and leave."""
        health = await serve_health(health_host, health_port, self.ready)
        of_cameras = CameraMetrics(self._looking.health, self._paces)
        REGISTRY.register(of_cameras)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._reload(group, stop))
                group.create_task(self._looking.run(stop))
                group.create_task(self._tick(stop))
                group.create_task(self._write(stop))
                group.create_task(
                    beat(self._itself, self._database, self._clock, self._report, stop)
                )
                listener = group.create_task(self._hear_config())
                await stop.wait()
                listener.cancel()
                for asleep in (self._reload_now, self._to_write):
                    asleep.set()
        finally:
            self._backlog.add(self._watch.finish())
            await self._flush()
            health.close()
            REGISTRY.unregister(of_cameras)

    async def ready(self) -> dict[str, bool]:
        return {
            "database": self._database_here,
            "plan": self._plan is not None,
            "media": all(self._viewers[socket].connected for socket in self._sockets),
        }

    async def _reload(self, group: asyncio.TaskGroup, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._reload_now.clear()
            pause_s = _RETRY_S
            try:
                async with self._database.read() as session:
                    plan = await load(session)
                    workers = await node_workers(session)
                    starts = self._plan is None
                    before = await self._before(session) if starts else Before()
            except _AWAY as error:
                self._database_here = False
                log.warning("database.away", error=str(error), retry_in_s=_RETRY_S)
            else:
                self._database_here = True
                self._keep(self._watch.follow(plan, self._clock.now(), before))
                self._follow(plan, workers, group, stop)
                if all(camera.node_name in workers for camera in plan.values()):
                    pause_s = _RELOAD_S  # else whom to ask is not known yet
            with suppress(TimeoutError):
                await asyncio.wait_for(self._reload_now.wait(), pause_s)

    async def _before(self, session: AsyncSession) -> Before:
        now = self._clock.now()
        zones = await concluded_before(session, now)
        return Before(zones, await waited_before(session, now))

    async def _hear_config(self) -> None:
        while True:
            try:
                async for _ in bus.listen(self._database, ["config"]):
                    self._reload_now.set()
            except _AWAY as error:
                log.warning("database.away", error=str(error), retry_in_s=_RETRY_S)
                await asyncio.sleep(_RETRY_S)
                self._reload_now.set()  # what was announced meanwhile is lost to this listener

    def _follow(
        self,
        plan: Plan,
        workers: Mapping[str, int],
        group: asyncio.TaskGroup,
        stop: asyncio.Event,
    ) -> None:
        self._plan = plan
        self._looking.watch(plan)
        wanted = by_socket(plan, workers)
        for socket in wanted.keys() - self._viewers.keys():
            address = partial(self._address, socket.node, socket.worker)
            viewer = Viewer(address, self._key, self._clock, self._looking, tls=self._tls)
            self._viewers[socket] = viewer
            group.create_task(viewer.run(stop))
        self._sockets = frozenset(wanted)
        for socket, viewer in self._viewers.items():
            shown = wanted.get(socket, [])
            viewer.watch(
                {camera_id: plan[camera_id].every_s for camera_id in shown},
                {one for one in shown if plan[one].stream is StreamKind.MAIN},
            )

    async def _address(self, name: str, worker: int) -> str:
        known = (name, worker)
        try:
            async with self._database.read() as session:
                self._addresses[known] = await node_address(
                    session, name, worker, secure=self._tls is not None
                )
        except _AWAY as error:
            if known not in self._addresses:
                msg = f"the database that knows media node {name} is away ({error})"
                raise Unavailable(msg) from error
        return self._addresses[known]

    def _on_look(self, look: Look) -> None:
        hindered = None if look.sight is Sight.CLEAR else look.sight
        self._keep(
            self._watch.see(
                look.camera_id,
                look.boxes,
                look.at,
                sight=hindered,
                colours=look.colours,
                doubtful=look.doubtful,
            )
        )

    def _paces(self) -> dict[UUID, KeyPace]:
        return {
            camera_id: pace
            for viewer in self._viewers.values()
            for camera_id, pace in viewer.paces.items()
        }

    def _report(self) -> dict[UUID, CameraHealth]:
        paces = {
            camera_id: (pace.interval_s, pace.whole) for camera_id, pace in self._paces().items()
        }
        return self._looking.health.report(self._clock.monotonic(), paces)

    def _keep(self, outcome: Outcome) -> None:
        if outcome:
            self._backlog.add(outcome)
            self._to_write.set()

    async def _tick(self, stop: asyncio.Event) -> None:
        while not await wait(stop, 1.0):
            self._keep(self._watch.tick(self._clock.now()))

    async def _write(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._to_write.wait()
            self._to_write.clear()
            while not await self._flush() and not stop.is_set():
                await wait(stop, _RETRY_S)

    async def _flush(self) -> bool:
        try:
            await self._backlog.flush()
        except _AWAY as error:
            self._database_here = False
            log.warning("database.away", error=str(error), waiting=len(self._backlog))
            return False
        self._database_here = True
        return True


def by_socket(plan: Plan, workers: Mapping[str, int]) -> dict[Socket, list[UUID]]:
    """Return the cameras of each live socket; ``workers``: how many each node has, 1 if unknown."""
    sockets: dict[Socket, list[UUID]] = {}
    of_worker: dict[tuple[str, int], list[UUID]] = {}
    for camera in plan.values():
        worker = worker_of(camera.camera_id, workers.get(camera.node_name, 1))
        of_worker.setdefault((camera.node_name, worker), []).append(camera.camera_id)
    for (node, worker), cameras in of_worker.items():
        for first in range(0, len(cameras), _TILES_A_SOCKET):
            socket = Socket(node, worker, first // _TILES_A_SOCKET)
            sockets[socket] = cameras[first : first + _TILES_A_SOCKET]
    return sockets
