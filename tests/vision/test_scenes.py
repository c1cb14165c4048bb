"""Every simulated hall is seen exactly as it is: detector, zones, occupancy over five looks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from ingest.simulated.scenes import SCENES, Scene
from models.observations import ZoneKind, ZoneState
from tests.vision import pictures
from vision import weights
from vision.detectors.openvino import OpenVinoNetwork
from vision.detectors.people import PeopleDetector
from vision.watch import Plan, Watch, WatchedCamera
from vision.zones import watched_zone

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CAMERA = UUID(int=99)
LOOKS = range(0, 50, 10)  # of the loop's pictures: one a second
SEEN = [
    pytest.param(number, scene, variant, id=f"{scene.name}-{variant}")
    for number, scene in enumerate(SCENES)
    for variant in scene.variants
]


@pytest.fixture(scope="module")
def detector() -> PeopleDetector:
    entry = weights.describe("nanodet_g_person")
    return PeopleDetector(OpenVinoNetwork(weights.read(entry), precision="f32"), entry)


def plan_of(scene: Scene) -> tuple[Plan, dict[UUID, int | None]]:
    """Return the plan of a scene's camera and the window number of each zone (None: the queue)."""
    numbers = {UUID(int=n): zone.window_number for n, zone in enumerate(scene.zones)}
    zones = tuple(
        watched_zone(UUID(int=n), zone.kind, zone.polygon) for n, zone in enumerate(scene.zones)
    )
    return {CAMERA: WatchedCamera(CAMERA, UUID(int=98), "node-1", zones, {})}, numbers


@pytest.mark.parametrize(("number", "scene", "variant"), SEEN)
def test_what_is_told_is_the_truth(
    detector: PeopleDetector, number: int, scene: Scene, variant: str
) -> None:
    plan, window_of = plan_of(scene)
    watch = Watch()
    watch.follow(plan, NOON)
    truth = scene.truth(variant)
    told: list[tuple[int | None, ZoneState, int | None]] = []
    for second, picture in enumerate(LOOKS):
        found = detector.detect(pictures.hall(variant, picture, number))
        boxes = found.boxes / np.array([640, 360] * 2, np.float64)
        outcome = watch.see(CAMERA, boxes, NOON + timedelta(seconds=second))
        for change in outcome.changes:
            seen = change.observation
            people = seen.people if seen.kind is ZoneKind.QUEUE else None
            told.append((window_of[seen.zone_id], seen.state, people))
    expected: list[tuple[int | None, ZoneState, int | None]] = [
        (window, ZoneState.OCCUPIED if present else ZoneState.EMPTY, None)
        for window, present in truth.present.items()
    ]
    queue = ZoneState.OCCUPIED if truth.queue else ZoneState.EMPTY
    # That nobody is there is told some looks later than that somebody is; each is told once.
    told.sort(key=lambda change: (change[0] is None, change[0]))
    assert told == [*expected, (None, queue, truth.queue)]
