"""Counters of this process, served at /metrics."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

LOOKS = Counter("vision_looks", "Looks taken, by what the camera could see.", ["sight"])
REUSED = Counter("vision_looks_reused", "Looks that found the picture unchanged and cost nothing.")
PARTS = Counter("vision_looks_at_parts", "Looks at those parts only in which something changed.")
CPU_S = Counter("vision_cpu_seconds", "CPU seconds of inference threads, by stage.", ["stage"])
DROPPED = Counter("vision_pictures_dropped", "Key pictures replaced by a newer one, not looked at.")
BROKEN = Counter("vision_pictures_broken", "Key pictures that could not be decoded.")
GARBAGE = Counter("vision_garbage_messages", "Messages of a media node that made no sense.")
OBSERVATIONS = Counter("vision_observations", "Changes reported.", ["state"])
LOST = Counter("vision_rows_lost", "Rows given up: backlog full, or their zone is gone.")
CAMERAS = Gauge("vision_cameras", "Cameras watched.")
BACKLOG = Gauge("vision_backlog_rows", "Rows that wait for the database.")
INFERENCE_S = Histogram(
    "vision_inference_seconds",
    "Detector time a look.",
    buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 1),
)
LATENESS_S = Histogram(
    "vision_lateness_seconds",
    "From a picture's arrival to its state.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 1.5, 3, 10),
)
PICTURE_TO_STATE_S = Histogram(
    "vision_picture_to_state_seconds",
    "From a picture's arrival at its media node to its state.",
    buckets=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 10),
)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the CPU time of this thread for a stage of a look."""
    begun_s = time.thread_time()
    try:
        yield
    finally:
        CPU_S.labels(name).inc(time.thread_time() - begun_s)
