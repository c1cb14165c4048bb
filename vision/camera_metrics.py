"""How well each camera is looked at, for /metrics: gathered when somebody asks for it."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vision.health import Health
from vision.pace import KeyPace


class CameraMetrics(Collector):
    """Reads the tallies of Looking and the paces of the viewers; on the event loop."""

    def __init__(self, health: Health, paces: Callable[[], Mapping[UUID, KeyPace]]) -> None:
        self._health = health
        self._paces = paces

    def collect(self) -> Iterable[Metric]:
        camera = ["camera"]
        looks = CounterMetricFamily("vision_camera_looks", "Looks at a camera.", labels=camera)
        dropped = CounterMetricFamily(
            "vision_camera_looks_dropped", "Looks lost to newer pictures.", labels=camera
        )
        broken = CounterMetricFamily(
            "vision_camera_pictures_broken", "Pictures that cannot be decoded.", labels=camera
        )
        late = GaugeMetricFamily(
            "vision_camera_lateness_seconds", "Picture's arrival to its state.", labels=camera
        )
        key = GaugeMetricFamily(
            "vision_camera_key_interval_seconds", "Distance of key pictures.", labels=camera
        )
        whole = GaugeMetricFamily(
            "vision_camera_all_pictures", "1 where all pictures are decoded.", labels=camera
        )
        paces = self._paces()
        for camera_id, tally in self._health.tallies().items():
            name = [str(camera_id)]
            looks.add_metric(name, tally.looks)
            dropped.add_metric(name, tally.dropped)
            broken.add_metric(name, tally.broken)
            if tally.late_s is not None:
                late.add_metric(name, tally.late_s)
            pace = paces.get(camera_id)
            if pace is not None:
                whole.add_metric(name, pace.whole)
                if pace.interval_s is not None:
                    key.add_metric(name, pace.interval_s)
        return looks, dropped, broken, late, key, whole
