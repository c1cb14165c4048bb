"""What the process itself holds: tasks, threads, sockets. What leaks, grows here."""

import asyncio
import threading
from collections.abc import Iterable
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest.media.revocation import Revocations
from models.kit.clock import Clock

_DESCRIPTORS = Path("/proc/self/fd")
_POOLS = ("asyncio_", "AnyIO", "record", "thumbnail")  # they grow to their bound when there is need


class OwnMetrics(Collector):
    """Counts at each scrape; call on the event loop."""

    def __init__(self, revocations: Revocations, clock: Clock) -> None:
        self._revocations = revocations
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        yield _gauge("ahual_node_tasks", "Tasks on the event loop.", _tasks())
        what = "Threads of the process, without those of bounded pools."
        yield _gauge("ahual_node_threads", what, _threads())
        yield _gauge("ahual_node_sockets", "Open sockets of every sort.", _sockets())
        heard_at = self._revocations.heard_at
        if heard_at is not None:
            age_s = (self._clock.now() - heard_at).total_seconds()
            what = "Since the database last said which sessions were ended."
            yield _gauge("ahual_media_revocations_age_seconds", what, age_s)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=value)


def _tasks() -> int:
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # the registry describes its collectors before there is a loop
        return 0


def _threads() -> int:
    return sum(not thread.name.startswith(_POOLS) for thread in threading.enumerate())


def _sockets() -> int:
    found = 0
    for descriptor in _DESCRIPTORS.iterdir():
        try:
            found += str(descriptor.readlink()).startswith("socket:")
        except OSError:
            continue  # closed since it was listed
    return found
