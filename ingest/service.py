"""A worker of the media node: feeds, recordings, media doors and GPS ports in one event loop."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from ingest.camera_metrics import CameraMetrics
from ingest.cameras.heartbeat import beat
from ingest.cameras.lease import Leases
from ingest.cameras.registry import Feeds
from ingest.cameras.reporter import StreamReporter
from ingest.cameras.source import Opener, RtspSource
from ingest.gps import service as gps
from ingest.media.app import create_app
from ingest.media.server import server
from ingest.onvif.watch import CameraWatch
from ingest.outage import AWAY
from ingest.recordings.clip import ClipDesk
from ingest.recordings.disk import disk_of
from ingest.recordings.facts import Fact
from ingest.recordings.index import RecordingIndex
from ingest.recordings.journal import Journal
from ingest.recordings.reconcile import Reconcile
from ingest.recordings.recorder import Recorder
from ingest.recordings.rescan import Rescan
from ingest.recordings.retention import Retention
from ingest.wake import wake_on
from models.kit import service
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.log import get
from models.kit.secret import load_key
from models.kit.settings import Settings
from models.workers import owned_by, worker_name

log = get(__name__)
_RETRY_S = 1.0
_PORT_RETRY_S = 5.0
_LOOK_S = 10.0


async def run(
    settings: Settings,
    database: Database,
    clock: Clock,
    stop: asyncio.Event,
    *,
    opener: Opener = RtspSource,
) -> None:
    """Run the worker until ``stop``; recordings are closed and indexed before it returns.

    What there is once a node (deleting, GPS ports) runs in worker 0.

    Raises:
        SystemExit: the media port is taken.
    """
    node = settings.media_node
    name = worker_name(node, settings.media_worker)
    leases = Leases(f"{name}/{new_id()}", database)
    journal = Journal(settings.state_dir / f"journal-{node}-{settings.media_worker}.log")
    index = RecordingIndex(node, database, leases, journal)
    cameras = CameraMetrics(clock)

    def report(facts: list[Fact]) -> None:
        cameras.note(facts)
        index.report(facts)

    disk = disk_of(settings, clock)
    recorder = Recorder(settings, clock, report, disk)
    reporter = StreamReporter(database)
    observers = (cameras, recorder, reporter)
    feeds = Feeds(settings, database, clock, observers=observers, opener=opener)
    owns = owned_by(settings)
    rescan = Rescan(settings.recordings_path, node, database, index, owns=owns)
    reconcile = Reconcile(disk, node, database, clock, owns=owns, busy=lambda: index.own_paths)
    edited, watch_edited, clip_asked = asyncio.Event(), asyncio.Event(), asyncio.Event()
    media = server(
        create_app(
            feeds=feeds,
            database=database,
            settings=settings,
            key=load_key(settings),
            clock=clock,
            metrics=[cameras],
            cameras_loaded=lambda: feeds.loaded,
        ),
        settings,
    )
    feeds_closed = asyncio.Event()

    async def recordings() -> None:
        await feeds.run(stop, edited)
        await recorder.close()
        feeds_closed.set()

    async def stop_media() -> None:
        await stop.wait()
        media.should_exit = True

    async def indexing() -> None:
        await _rescan_recent(rescan, clock, stop)
        rest = asyncio.create_task(_rescan_rest(rescan, index, clock, stop))
        await index.run(feeds_closed)
        rest.cancel()
        await asyncio.gather(rest, return_exceptions=True)

    jobs: list[Coroutine[Any, Any, None]] = [
        recordings(),
        indexing(),
        index.keep(clock, feeds_closed),
        reconcile.nightly(stop),
        recorder.run(stop),
        reporter.run(feeds_closed),
        beat(settings, database, leases, disk.look, clock, stop),
        ClipDesk(settings, database, clock).run(stop, clip_asked),
        CameraWatch(settings, database, clock).run(stop, watch_edited),
        media.serve(),
        stop_media(),
    ]
    if settings.media_worker == 0:
        jobs += [
            Retention(settings, database, clock, disk).run(stop),
            _receive_positions(settings, database, clock, stop),
        ]
    wakes = {"config": [edited, watch_edited], "clip": [clip_asked]}
    listening = asyncio.create_task(wake_on(database, wakes))
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    finally:
        listening.cancel()
        journal.close()
    log.info("node.stopped", node=name)


async def _receive_positions(
    settings: Settings, database: Database, clock: Clock, stop: asyncio.Event
) -> None:
    """Run the GPS ports; one that is taken must not stop the recordings."""
    while not stop.is_set():
        try:
            await gps.run(settings, database, clock, stop)
        except OSError as error:
            log.error("gps.port_taken", error=str(error), retry_in_s=_PORT_RETRY_S)
            await service.wait(stop, _PORT_RETRY_S)


async def _rescan_recent(rescan: Rescan, clock: Clock, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            report = await rescan.recent(clock.now())
        except AWAY as error:
            log.warning("rescan.waiting", error=str(error), retry_in_s=_RETRY_S)
            await asyncio.sleep(_RETRY_S)
        else:
            log.info("rescan.done", closed=report.closed, found=report.found)
            return


async def _rescan_rest(
    rescan: Rescan, index: RecordingIndex, clock: Clock, stop: asyncio.Event
) -> None:
    """Scan the older days once, and everything again after a backlog that did not fit."""
    older_done = False
    while not stop.is_set():
        try:
            if not older_done:
                report = await rescan.older(clock.now())
                older_done = True
                log.info("rescan.older_done", found=report.found, unreadable=report.unreadable)
            if not index.backlog and index.take_overflow():
                older_done = False
                await _rescan_recent(rescan, clock, stop)
        except AWAY as error:
            log.warning("rescan.waiting", error=str(error))
        await service.wait(stop, _LOOK_S)
