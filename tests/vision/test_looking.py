"""Looks are shared by threads; overload loses the oldest looks of all cameras alike."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from models.kit.clock import SystemClock
from models.observations import ZoneKind
from tests.vision import pictures
from vision.detector import Detections, Picture
from vision.eyes import Look
from vision.looking import Looking
from vision.slots import CodedPicture
from vision.watched import Plan, WatchedCamera
from vision.zones import watched_zone

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CONFIG, (CODED, OTHER) = pictures.coded(pictures.noise(64, 64), pictures.noise(64, 64, 1))
CAMERAS = [UUID(int=n) for n in range(1, 7)]
ZONE = watched_zone(UUID(int=99), ZoneKind.QUEUE, [[0, 0], [1, 0], [1, 1], [0, 1]])


class Gated:
    """A Detector that waits at a gate; ``inside`` counts how many are there now."""

    name = "gated"
    inside = most = 0

    def __init__(self, gate: threading.Event) -> None:
        self._gate = gate

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        Gated.inside += 1
        Gated.most = max(Gated.most, Gated.inside)
        assert self._gate.wait(20)
        Gated.inside -= 1
        return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


def plan() -> Plan:
    return {one: WatchedCamera(one, UUID(int=0), "node-1", (ZONE,), {}) for one in CAMERAS}


def picture(camera_id: UUID, second: float, coded: bytes = CODED) -> CodedPicture:
    return CodedPicture(camera_id, CONFIG, coded, NOON + timedelta(seconds=second), second)


async def test_threads_look_at_the_same_time_and_every_camera_gets_its_turn() -> None:
    gate, looks, stop = threading.Event(), [], asyncio.Event()
    done = asyncio.Event()

    def seen(look: Look) -> None:
        looks.append(look.camera_id)
        if len(looks) == len(CAMERAS):
            done.set()

    looking = Looking([Gated(gate), Gated(gate)], SystemClock(), seen)
    looking.watch(plan())
    task = asyncio.create_task(looking.run(stop))
    for second in range(3):  # faster than they are looked at
        for camera_id in CAMERAS:
            looking.key(picture(camera_id, second))
    while Gated.inside < 2:
        await asyncio.sleep(0.01)
    gate.set()
    await asyncio.wait_for(done.wait(), 20)
    stop.set()
    await asyncio.wait_for(task, 20)
    assert Gated.most == 2
    assert sorted(looks) == CAMERAS
    health = looking.health.report(0, {})
    assert sum(one.dropped for one in health.values()) == 2 * len(CAMERAS)


async def test_a_broken_camera_disturbs_no_other() -> None:
    gate, looks, stop = threading.Event(), [], asyncio.Event()
    gate.set()
    done = asyncio.Event()

    def seen(look: Look) -> None:
        looks.append((look.camera_id, look.broken))
        if len(looks) == 3:
            done.set()

    looking = Looking([Gated(gate)], SystemClock(), seen)
    looking.watch(plan())
    task = asyncio.create_task(looking.run(stop))
    first, second, third = CAMERAS[:3]
    looking.key(picture(first, 0, b"garbage"))
    looking.key(CodedPicture(second, b"no avcC", CODED, NOON, 0))
    looking.key(picture(third, 0))
    await asyncio.wait_for(done.wait(), 20)
    stop.set()
    await asyncio.wait_for(task, 20)
    assert dict(looks)[third] is False
    assert dict(looks)[first] is True
    assert looking.health.of(first).broken == 1
