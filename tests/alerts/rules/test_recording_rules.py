from datetime import timedelta

import pytest

from alerts.facts import DiskReading, Place, StorageFacts
from alerts.rules.base import Sign
from alerts.rules.recording_disk import RecordingDisk
from alerts.rules.recording_stopped import RecordingStopped
from alerts.world import Layout, World
from models.observations import DiskState
from tests.builders import NOON

HOUR_BYTES = 3_600_000_000  # an hour at a megabyte a second


def a_disk(
    state: DiskState | None = DiskState.OK,
    headroom_bytes: int | None = 10 * HOUR_BYTES,
    rate: float = 1_000_000,
) -> StorageFacts:
    place = Place("disk:node-1", None)
    return StorageFacts(place, "node-1", state, NOON, "why", headroom_bytes, rate)


@pytest.mark.parametrize(
    ("facts", "sign"),
    [
        (a_disk(), Sign.CLEAR),
        (a_disk(headroom_bytes=HOUR_BYTES * 5 // 2), Sign.BETWEEN),
        (a_disk(headroom_bytes=2 * HOUR_BYTES), Sign.FIRING),
        (a_disk(headroom_bytes=2 * HOUR_BYTES, rate=100_000), Sign.CLEAR),
        (a_disk(headroom_bytes=HOUR_BYTES, rate=0), Sign.CLEAR),  # nothing is recorded now
        (a_disk(headroom_bytes=0, rate=0), Sign.FIRING),
        (a_disk(headroom_bytes=-5), Sign.FIRING),
        (a_disk(DiskState.FULL), Sign.FIRING),  # full although there would be something to delete
        (a_disk(headroom_bytes=None), Sign.UNKNOWN),
        (a_disk(DiskState.MISSING, None), Sign.UNKNOWN),
        (a_disk(None, None), Sign.UNKNOWN),
    ],
)
def test_a_disk_that_will_be_full(facts: StorageFacts, sign: Sign) -> None:
    assert RecordingDisk().judge(facts, NOON).sign is sign


def test_the_forecast_is_an_instant() -> None:
    details = RecordingDisk().judge(a_disk(headroom_bytes=HOUR_BYTES), NOON).details
    assert details["headroom_s"] == 3_600
    assert details["full_at"] == "2026-03-19T08:00:00Z"


@pytest.mark.parametrize("state", [s for s in DiskState if s is not DiskState.OK])
def test_a_disk_that_refuses_stops_the_recording(state: DiskState) -> None:
    verdict = RecordingStopped().judge(a_disk(state), NOON)
    assert (verdict.sign, verdict.since) == (Sign.FIRING, NOON)
    assert verdict.details == {"node": "node-1", "disk": state.value, "disk_detail": "why"}


def test_a_disk_that_takes_everything_is_no_news() -> None:
    assert RecordingStopped().judge(a_disk(), NOON).sign is Sign.CLEAR
    assert RecordingStopped().judge(a_disk(None), NOON).sign is Sign.UNKNOWN


def storage(world: World, seconds: float = 0) -> StorageFacts:
    now = NOON + timedelta(seconds=seconds)
    (facts,) = [facts for facts in world.all_facts(now) if isinstance(facts, StorageFacts)]
    return facts


def test_the_workers_of_a_node_share_its_disk() -> None:
    world = World(Layout(), NOON)
    told = {
        0: DiskReading(DiskState.OK, NOON, "", 1_000, 500, 10.0),
        1: DiskReading(DiskState.FULL, NOON, "no room", 900, None, 20.0),
        2: DiskReading(DiskState.MISSING, NOON, "of a worker that is no more", None, None, 99.0),
    }
    for worker, reading in told.items():
        world.node_seen("node-1", NOON, worker=worker, workers=2)
        world.disk_seen("node-1", worker, reading)
    facts = storage(world)
    assert (facts.state, facts.detail) == (DiskState.FULL, "no room")
    assert (facts.headroom_bytes, facts.write_bytes_per_s) == (1_400, 30.0)
    assert storage(world, seconds=60).state is None, "nobody told for a minute"
