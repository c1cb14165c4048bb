"""What /metrics says of a camera: it grows with footage and goes with the camera."""

from datetime import timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from ingest.camera_metrics import CameraMetrics
from ingest.cameras.feed import Feed
from ingest.recordings.boxes import FragmentPlace
from ingest.recordings.facts import GapFact, GapReason, SegmentFact, StreamKey
from models.kit.clock import ManualClock
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState
from tests.builders import NOON
from tests.ingest.encoded import assembled, coded


class Watching:
    """A sink that serves three people."""

    viewers = 3

    def on_parameters(self, *_: object) -> None: ...

    def on_access_unit(self, *_: object) -> None: ...

    def on_state(self, *_: object) -> None: ...


def a_file(stream: StreamKey, path: str, *sizes: int) -> SegmentFact:
    places, offset = [], 600
    for number, size in enumerate(sizes):
        places.append(FragmentPlace(number * 90_000, 90_000, 0, offset, size))
        offset += size
    return SegmentFact(stream, path, "avc1", 600, tuple(places), closed=False, sha256=None)


def scrape(metrics: CameraMetrics) -> dict[tuple[str, ...], float]:
    registry = CollectorRegistry()
    registry.register(metrics)
    return {
        (sample.name.removeprefix("ahual_camera_"), *sorted(sample.labels.values())): sample.value
        for family in registry.collect()
        for sample in family.samples
    }


def test_a_camera_is_counted_and_forgotten(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    metrics, feed = CameraMetrics(clock), Feed(new_id(), StreamKind.SUB, NOON)
    feed.code = "hall-1"
    stream = StreamKey(feed.camera_id, feed.kind)
    metrics.feed_added(feed, recorded=True)
    assert ("picture_age_seconds", "hall-1", "sub") not in scrape(metrics), "nothing came yet"
    units = [unit for _, unit in assembled(coded(tmp_path))]
    for state in (StreamState.LIVE, StreamState.STALLED, StreamState.LIVE):
        feed.enter(state, NOON)
    for unit in units:
        feed.publish(unit)
    feed.subscribe(Watching())
    feed.subscribe(Watching(), house=True)
    metrics.note([a_file(stream, "a.mp4", 100)])
    metrics.note([a_file(stream, "a.mp4", 100, 50), a_file(stream, "b.mp4", 10)])
    gap = GapFact(stream, NOON, None, GapReason.STALLED)
    over = GapFact(stream, NOON, NOON + timedelta(seconds=3), GapReason.STALLED)
    metrics.note([gap, over])
    found = scrape(metrics)
    hall = ("hall-1", "sub")
    assert found[("received_pictures_total", *hall)] == len(units)
    assert found[("received_bytes_total", *hall)] == sum(len(unit.avcc) for unit in units)
    assert found[("recorded_bytes_total", *hall)] == 600 + 150 + 600 + 10
    assert found[("recorded_fragments_total", *hall)] == 3
    assert found[("reconnects_total", *hall)] == 1
    assert found[("gaps_total", "hall-1", "stalled", "sub")] == 1
    assert found[("viewers", *hall)] == 3
    assert found[("live", *hall)] == 1
    clock.advance(timedelta(seconds=5))
    later = scrape(metrics)[("picture_age_seconds", *hall)]
    assert later - found[("picture_age_seconds", *hall)] == 5
    metrics.feed_removed(feed)
    metrics.note([over])
    assert scrape(metrics) == {}
