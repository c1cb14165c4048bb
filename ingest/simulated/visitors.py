"""People of a hall by the second, with what is true of them; pure and the same for each seed.

They come, queue in two rows, are called to a free window, are served and leave. Clerks take one
planned break each, and go on errands while their visitor waits; some people only walk through.
"""

from dataclasses import dataclass, field
from math import inf

import numpy as np

Point = tuple[float, float]

ASPECT = 16 / 9
_EXIT, _DOOR = (0.97, 0.60), (0.97, 0.97)
_SPEED = 0.12  # picture heights a second: 0.9 m/s where a person is 0.23 of the picture tall
_ROW_Y, _ROW = (0.80, 0.94), 9
_SPACE = 0.085
_LANE_Y, _SPOT_Y = 0.66, 0.56
_SERVICE_S, _SERVICE_SIGMA = 120.0, 0.45
_WALKERS_S = 60.0
_LAST_CALL_S = 150.0  # before a break: whoever is called then is served in time
_ERRAND_S = (20.0, 75.0)
_FIRST_ERRAND_S = 60.0  # not before
_TALLEST, _SMALLEST = 1.12, 0.88
_WAITS_IN = ((0.06, 0.73), (0.9, 0.99))  # left top and right bottom of where the queue stands


@dataclass(frozen=True, slots=True)
class Floor:
    """Where windows are, and how tall somebody is whose feet are at the top and at the bottom."""

    window_x: dict[int, float]
    height_at_top: float = 0.10
    height_at_bottom: float = 0.30

    def height(self, y: float) -> float:
        return self.height_at_top + (self.height_at_bottom - self.height_at_top) * y


@dataclass
class Person:
    """Somebody on the floor: feet at ``x``, ``y``; ``goals`` are still to be walked to."""

    number: int
    x: float
    y: float
    scale: float
    state: str = "coming"  # coming, called, served, leaving
    goals: list[Point] = field(default_factory=list)
    joined_s: float = -1.0  # when the queue was reached
    until_s: float = 0.0
    window: int = 0

    def walk(self, seconds: float) -> None:
        left = _SPEED * seconds
        while self.goals and left > 0:
            gx, gy = self.goals[0]
            dx, dy = (gx - self.x) * ASPECT, gy - self.y
            far = float(np.hypot(dx, dy))
            if far <= left:
                self.x, self.y = self.goals.pop(0)
                left -= far
            else:
                self.x += dx / far * left / ASPECT
                self.y += dy / far * left
                left = 0.0


@dataclass
class Waited:
    """Somebody went from the queue to a window."""

    called_s: float
    waited_s: float


class Visitors:
    """Step it second by second; ``waits`` grows as people are called."""

    def __init__(
        self,
        rng: np.random.Generator,
        floor: Floor,
        *,
        per_hour: float = 105.0,
        breaks_until: float = 3000.0,
        errands_every_s: float | None = None,
    ) -> None:
        """``errands_every_s``: how long a clerk stays on average; None for no errands."""
        self.floor = floor
        self.people: list[Person] = []
        self.queue: list[Person] = []
        self.waits: list[Waited] = []
        self._rng = rng
        self._gap_s = 3600.0 / per_hour
        self._at_window: dict[int, Person] = {}
        self._calls_s = dict.fromkeys(floor.window_x, 0.0)  # when the clerk calls the next one
        self._next_s = 5.0
        self._walker_s = 20.0
        self._came = 0
        self.breaks = {
            window: (start, start + float(rng.uniform(60, 300)))
            for window in floor.window_x
            for start in [float(rng.uniform(300, breaks_until))]
        }
        # Of a generator of their own: arrivals are the same with and without errands.
        self._errands_rng = rng.spawn(1)[0]
        self._errands_every_s = errands_every_s
        self._errands = {window: self._errand(_FIRST_ERRAND_S) for window in floor.window_x}

    def step(self, second: float) -> None:
        """Move everybody by one second."""
        for window, (_, end) in self._errands.items():
            if second >= end:
                self._errands[window] = self._errand(second)
        self._arrive(second)
        self._call(second)
        for person in self.people:
            person.walk(1.0)
        self.people = [p for p in self.people if p.state != "leaving" or p.goals]

    def waiting(self) -> int:
        (left, top), (right, bottom) = _WAITS_IN
        return sum(left <= p.x <= right and top <= p.y <= bottom for p in self.queue)

    def is_present(self, window: int, second: float) -> bool:
        """Return whether the clerk is there; of what is to come, only breaks are known."""
        away = (self.breaks[window], self._errands[window])
        return not any(start <= second < end for start, end in away)

    def _errand(self, second: float) -> tuple[float, float]:
        if self._errands_every_s is None:
            return (inf, inf)
        start = second + float(self._errands_rng.exponential(self._errands_every_s))
        return (start, start + float(self._errands_rng.uniform(*_ERRAND_S)))

    def _come(self, place: Point) -> Person:
        self._came += 1
        person = Person(self._came, *place, scale=float(self._rng.uniform(_SMALLEST, _TALLEST)))
        self.people.append(person)
        return person

    def _arrive(self, second: float) -> None:
        rng = self._rng
        while second >= self._next_s:
            self._next_s += float(rng.exponential(self._gap_s))
            if len(self.queue) < 2 * _ROW:  # else they see that it is full, and go
                self.queue.append(self._come(_DOOR))
        if second >= self._walker_s:
            self._walker_s += float(rng.exponential(_WALKERS_S))
            walker = self._come((0.0, _LANE_Y))
            walker.state, walker.goals = "leaving", [(0.98, _LANE_Y)]
        for place, person in enumerate(self.queue):
            goal = _place(place)
            if not person.goals or person.goals[-1] != goal:
                person.goals = [goal] if person.joined_s >= 0 else [(0.93, goal[1]), goal]
            if person.joined_s < 0 and person.x <= _WAITS_IN[1][0]:
                person.joined_s = second

    def _call(self, second: float) -> None:
        rng = self._rng
        for window, person in list(self._at_window.items()):
            if person.state == "called" and not person.goals:
                person.state = "served"
                mean = np.log(_SERVICE_S) - _SERVICE_SIGMA**2 / 2
                person.until_s = second + float(rng.lognormal(mean, _SERVICE_SIGMA))
            # A clerk who goes on a break finishes first.
            if person.state == "served" and second >= person.until_s:
                person.state, person.goals = "leaving", [(person.x, 0.65), (0.97, 0.65), _EXIT]
                del self._at_window[window]
                self._calls_s[window] = second + float(rng.uniform(1.0, 6.0))
        free = [
            window
            for window, calls_s in self._calls_s.items()
            if window not in self._at_window and second >= calls_s and self._works(window, second)
        ]
        while free and self.queue and self.queue[0].joined_s >= 0:
            head = self.queue.pop(0)
            window = free.pop(int(rng.integers(len(free))))
            self.waits.append(Waited(second, second - head.joined_s))
            head.state, head.window = "called", window
            x = self.floor.window_x[window] + float(rng.uniform(-0.02, 0.02))
            head.goals = [(head.x, _LANE_Y), (x, _LANE_Y), (x, _SPOT_Y)]
            self._at_window[window] = head

    def _works(self, window: int, second: float) -> bool:
        """A clerk takes nobody new shortly before a break; who is still there waits for him."""
        start, end = self.breaks[window]
        breaks_soon = start <= second + _LAST_CALL_S < end
        return self.is_present(window, second) and not breaks_soon


def _place(place: int) -> Point:
    row, column = divmod(place, _ROW)
    along = column if row == 0 else _ROW - 1 - column
    return (0.14 + along * _SPACE + 0.04 * row, _ROW_Y[row])
