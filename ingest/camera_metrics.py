"""What /metrics says of each camera: collected when asked, gone with the camera.

Labels are the camera's code and the kind of stream, so there are never more than streams.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.cameras.feed import Feed
from ingest.recordings.facts import Fact, GapFact, GapReason, SegmentFact, StreamKey
from models.kit.clock import Clock

_LABELS = ["camera", "kind"]


@dataclass(slots=True)
class _Recorded:
    """What the recorder reported of one stream; ``path``, ``fragments`` are of the newest file."""

    bytes: int = 0
    fragments: int = 0
    gaps: Counter[GapReason] = field(default_factory=Counter)
    path: str = ""
    file_bytes: int = 0
    file_fragments: int = 0
    gap_since: datetime | None = None


class CameraMetrics(Collector):
    """Observes the registry and the recorder's facts. Lives on the event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._feeds: dict[StreamKey, Feed] = {}
        self._recorded: dict[StreamKey, _Recorded] = {}

    def feed_added(self, feed: Feed, *, recorded: bool) -> None:
        del recorded  # what is written counts, not what should be
        key = StreamKey(feed.camera_id, feed.kind)
        self._feeds[key] = feed
        self._recorded[key] = _Recorded()

    def feed_changed(self, feed: Feed, *, recorded: bool) -> None:
        """What was written stays counted."""

    def feed_removed(self, feed: Feed) -> None:
        key = StreamKey(feed.camera_id, feed.kind)
        self._feeds.pop(key, None)
        self._recorded.pop(key, None)

    def note(self, facts: Sequence[Fact]) -> None:
        """Count what the recorder reports; a fact says all of its file, so only growth counts."""
        for fact in facts:
            known = self._recorded.get(fact.stream)
            if known is None:
                continue
            if isinstance(fact, SegmentFact):
                _note_file(known, fact)
            elif isinstance(fact, GapFact) and known.gap_since != fact.started_at:
                known.gap_since = fact.started_at
                known.gaps[fact.reason] += 1

    def collect(self) -> Iterable[Metric]:
        received = _counter("ahual_camera_received_bytes", "Bytes of pictures that came.")
        pictures = _counter("ahual_camera_received_pictures", "Pictures that came.")
        recorded = _counter("ahual_camera_recorded_bytes", "Bytes written to files.")
        fragments = _counter("ahual_camera_recorded_fragments", "Fragments (GOPs) written.")
        reconnects = _counter("ahual_camera_reconnects", "Times the stream became live again.")
        gaps = CounterMetricFamily(
            "ahual_camera_gaps", "Gaps in the recording begun.", labels=[*_LABELS, "reason"]
        )
        age = _gauge("ahual_camera_picture_age_seconds", "Since the newest picture came.")
        live = _gauge("ahual_camera_live", "1 while pictures come.")
        viewers = _gauge("ahual_camera_viewers", "Tiles, peers and players that watch live.")
        now_s = self._clock.now().timestamp()
        for key, feed in self._feeds.items():
            labels, known = [feed.code, feed.kind.value], self._recorded[key]
            received.add_metric(labels, feed.received_bytes)
            pictures.add_metric(labels, feed.received_pictures)
            recorded.add_metric(labels, known.bytes)
            fragments.add_metric(labels, known.fragments)
            reconnects.add_metric(labels, max(feed.times_live - 1, 0))
            live.add_metric(labels, feed.state == "live")
            viewers.add_metric(labels, feed.viewers)
            for reason, count in known.gaps.items():
                gaps.add_metric([*labels, reason.value], count)
            if feed.newest is not None:
                age.add_metric(labels, now_s - feed.newest.received_at)
        return [received, pictures, recorded, fragments, reconnects, gaps, age, live, viewers]


def _note_file(known: _Recorded, fact: SegmentFact) -> None:
    if fact.path != known.path:
        known.path, known.file_bytes, known.file_fragments = fact.path, 0, 0
    known.bytes += fact.size_bytes - known.file_bytes
    known.fragments += len(fact.fragments) - known.file_fragments
    known.file_bytes, known.file_fragments = fact.size_bytes, len(fact.fragments)


def _counter(name: str, what: str) -> CounterMetricFamily:
    return CounterMetricFamily(name, what, labels=_LABELS)


def _gauge(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, labels=_LABELS)
