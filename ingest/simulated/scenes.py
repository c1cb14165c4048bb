"""The simulated halls: where windows, queue and zones are, and what is true in each variant; pure.

Coordinates are 0–1 of the picture, x to the right, y down. A variant is a name:
``staffed``, ``window-<n>-empty``, ``long-queue``, ``empty-hall``.
"""

from dataclasses import dataclass

from models.observations import ZoneKind

Point = tuple[float, float]

STAFFED = "staffed"
LONG_QUEUE = "long-queue"
EMPTY_HALL = "empty-hall"


@dataclass(frozen=True, slots=True)
class SceneZone:
    """A zone as an installer would draw it; ``window_number`` only for operator zones."""

    kind: ZoneKind
    window_number: int | None
    polygon: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SceneTruth:
    """What a perfect observer would report: people in the queue, staffed windows by number."""

    queue: int
    present: dict[int, bool]


@dataclass(frozen=True, slots=True)
class Standing:
    """A person of the queue: where the feet are and how tall the figure is, in picture heights."""

    foot: Point
    height: float


@dataclass(frozen=True, slots=True)
class Scene:
    """One hall seen by one camera. ``look`` names the light and colours that hall.py draws."""

    name: str
    look: str
    windows: tuple[int, ...]
    window_x: tuple[float, ...]  # centre of each window
    counter_top: float  # y of the counter's upper edge; operators are seen above it
    counter_foot: float  # y where the counter meets the floor
    operator_height: float  # visible part of an operator, in picture heights
    places: tuple[Standing, ...]  # the queue from its head to its tail
    queue_polygon: tuple[Point, ...]
    usual_queue: int
    long_queue: int
    emptied_windows: tuple[int, ...]  # windows that have a "window-<n>-empty" variant

    @property
    def variants(self) -> tuple[str, ...]:
        emptied = tuple(f"window-{n}-empty" for n in self.emptied_windows)
        return (STAFFED, *emptied, LONG_QUEUE, EMPTY_HALL)

    @property
    def zones(self) -> tuple[SceneZone, ...]:
        operators = tuple(
            SceneZone(ZoneKind.OPERATOR, number, self._operator_polygon(x))
            for number, x in zip(self.windows, self.window_x, strict=True)
        )
        return (*operators, SceneZone(ZoneKind.QUEUE, None, self.queue_polygon))

    def truth(self, variant: str) -> SceneTruth:
        """Return what is to be seen. Raises KeyError for a variant that the scene has not."""
        if variant not in self.variants:
            raise KeyError(f"{self.name} has no variant {variant}; it has {self.variants}")
        if variant == EMPTY_HALL:
            return SceneTruth(0, dict.fromkeys(self.windows, False))
        queue = self.long_queue if variant == LONG_QUEUE else self.usual_queue
        return SceneTruth(
            queue, {number: variant != f"window-{number}-empty" for number in self.windows}
        )

    def _operator_polygon(self, x: float) -> tuple[Point, ...]:
        half = 0.45 * min(b - a for a, b in zip(self.window_x, self.window_x[1:], strict=False))
        top = self.counter_top - 1.35 * self.operator_height
        bottom = self.counter_top + 0.02
        left, right = max(0.0, x - half), min(1.0, x + half)
        return ((left, top), (right, top), (right, bottom), (left, bottom))


def _line(head: Standing, tail: Standing, count: int) -> tuple[Standing, ...]:
    """Places from head to tail at equal steps."""
    steps = [n / (count - 1) for n in range(count)]
    return tuple(
        Standing(
            foot=(
                head.foot[0] + (tail.foot[0] - head.foot[0]) * step,
                head.foot[1] + (tail.foot[1] - head.foot[1]) * step,
            ),
            height=head.height + (tail.height - head.height) * step,
        )
        for step in steps
    )


SCENES: tuple[Scene, ...] = (
    Scene(
        name="hall-1",
        look="day",
        windows=(1, 2, 3, 4),
        window_x=(0.14, 0.38, 0.62, 0.86),
        counter_top=0.31,
        counter_foot=0.42,
        operator_height=0.135,
        places=_line(Standing((0.90, 0.70), 0.285), Standing((0.09, 0.90), 0.330), 8),
        queue_polygon=((0.02, 0.80), (0.98, 0.57), (0.98, 0.81), (0.02, 0.98)),
        usual_queue=3,
        long_queue=8,
        emptied_windows=(3, 2),
    ),
    Scene(
        name="hall-2",
        look="evening",
        windows=(1, 2, 3),
        window_x=(0.2, 0.5, 0.8),
        counter_top=0.3,
        counter_foot=0.42,
        operator_height=0.14,
        places=_line(Standing((0.10, 0.69), 0.285), Standing((0.91, 0.90), 0.330), 7),
        queue_polygon=((0.02, 0.57), (0.98, 0.80), (0.98, 0.98), (0.02, 0.81)),
        usual_queue=2,
        long_queue=7,
        emptied_windows=(2,),
    ),
    Scene(
        name="hall-3",
        look="blue",
        windows=(1, 2, 3, 4),
        window_x=(0.13, 0.37, 0.63, 0.87),
        counter_top=0.31,
        counter_foot=0.42,
        operator_height=0.13,
        places=_line(Standing((0.07, 0.80), 0.300), Standing((0.92, 0.83), 0.310), 8),
        queue_polygon=((0.01, 0.68), (0.99, 0.68), (0.99, 0.92), (0.01, 0.92)),
        usual_queue=2,
        long_queue=8,
        emptied_windows=(1,),
    ),
    Scene(
        name="hall-4",
        look="warm",
        windows=(1, 2, 3),
        window_x=(0.18, 0.48, 0.78),
        counter_top=0.32,
        counter_foot=0.44,
        operator_height=0.14,
        places=_line(Standing((0.92, 0.78), 0.300), Standing((0.10, 0.90), 0.330), 7),
        queue_polygon=((0.02, 0.79), (0.98, 0.66), (0.98, 0.89), (0.02, 0.99)),
        usual_queue=3,
        long_queue=7,
        emptied_windows=(3,),
    ),
)


def scene(name: str) -> Scene:
    """Return a scene by name. Raises KeyError."""
    for found in SCENES:
        if found.name == name:
            return found
    raise KeyError(f"there is no scene {name}; scenes: {[s.name for s in SCENES]}")
