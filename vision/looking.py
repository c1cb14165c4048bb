"""Pictures of many cameras → looks: shared fairly by inference threads, one a core."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from models.kit.clock import Clock
from models.kit.errors import InvalidInput
from models.kit.log import get
from vision import metrics
from vision.detector import Detector
from vision.eyes import Eyes, Look
from vision.health import Health
from vision.slots import CodedPicture, Slots
from vision.watched import Plan

log = get(__name__)
OnLook = Callable[[Look], None]


class Looking:
    """A PictureSink. Pictures wait one a camera; who was looked at longest ago is next."""

    def __init__(self, detectors: Sequence[Detector], clock: Clock, on_look: OnLook) -> None:
        """One detector a thread. ``on_look`` is called on the event loop."""
        self._detectors = detectors
        self._clock = clock
        self._on_look = on_look
        self._threads = ThreadPoolExecutor(len(detectors), thread_name_prefix="inference")
        self._eyes = Eyes()
        self._slots = Slots()
        self._arrived = asyncio.Semaphore(0)  # wakes one thread's task for each picture
        self.health = Health()

    def watch(self, plan: Plan) -> None:
        """Take a new plan: what is remembered of other cameras is forgotten."""
        cameras = frozenset(plan)
        metrics.CAMERAS.set(len(cameras))
        self._slots.keep_only(cameras, {one.camera_id: one.every_s for one in plan.values()})
        self._eyes.watch(plan)
        self.health.keep_only(cameras)

    def key(self, picture: CodedPicture) -> None:
        self._took(picture, lost=self._slots.put(picture))

    def follow(self, picture: CodedPicture, *, key: bool, look: bool) -> None:
        self._took(picture, lost=self._slots.follow(picture, key=key, look=look))

    async def run(self, stop: asyncio.Event) -> None:
        """Look until ``stop``; the looks under way are finished."""
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._look(detector)) for detector in self._detectors]
                await stop.wait()
                for task in tasks:
                    task.cancel()
        finally:
            self._threads.shutdown(wait=True, cancel_futures=True)

    def _took(self, picture: CodedPicture, *, lost: bool) -> None:
        if lost:
            metrics.DROPPED.inc()
            self.health.of(picture.camera_id).dropped += 1
        if self._arrived.locked():
            self._arrived.release()

    async def _look(self, detector: Detector) -> None:
        loop = asyncio.get_running_loop()
        while True:
            picture = self._slots.take()
            if picture is None:
                await self._arrived.acquire()
                continue
            look = None
            try:
                look = await loop.run_in_executor(self._threads, self._eyes.look, detector, picture)
            except InvalidInput as error:
                log.warning("look.refused", camera=str(picture.camera_id), error=error.detail)
            finally:
                self._slots.done(picture.camera_id)
            if look is not None:
                self._looked(picture, look)

    def _looked(self, picture: CodedPicture, look: Look) -> None:
        if look.broken:
            self._slots.broken(picture.camera_id)
        self._on_look(look)
        late_s = self._clock.monotonic() - picture.arrived_s
        metrics.LATENESS_S.observe(late_s)
        node_s = self._clock.now().timestamp() - picture.node_s
        metrics.PICTURE_TO_STATE_S.observe(max(node_s, 0.0))
        self.health.of(picture.camera_id).looked(look.at, late_s, broken=look.broken)
