"""A simulated hall with known truth, deterministic by seed, as boxes that a real detector gives.

People arrive, queue in two rows, are called to a free window, are served and leave. Operators take
planned breaks; some people only walk through. The detector misses who is hidden, trembles, doubles
and sees ghosts, at the rates that the research measured on labelled pictures.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from models.observations import ZoneKind
from vision.watched import Plan, WatchedCamera
from vision.zones import ASPECT, watched_zone

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CAMERA, OFFICE, QUEUE = UUID(int=1), UUID(int=2), UUID(int=3)
WINDOWS = (1, 2, 3, 4)
_WINDOW_X = {1: 0.2, 2: 0.4, 3: 0.6, 4: 0.8}
_EXIT, _DOOR = (0.97, 0.60), (0.97, 0.97)
_SPEED = 0.12  # picture heights a second: 0.9 m/s where a person is 0.23 of the picture tall
_ROW_Y, _ROW = (0.80, 0.94), 9
_SPACE = 0.085
_BINS = 12  # of a colour histogram
_SERVICE_S, _SERVICE_SIGMA = 120.0, 0.45


def seat(window: int) -> UUID:
    return UUID(int=10 + window)


def spot(window: int) -> UUID:
    return UUID(int=20 + window)


def of_window(window: int) -> UUID:
    return UUID(int=30 + window)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def plan() -> Plan:
    zones = [
        watched_zone(QUEUE, ZoneKind.QUEUE, [[0.06, 0.73], [0.9, 0.73], [0.9, 0.99], [0.06, 0.99]])
    ]
    windows: dict[UUID, UUID] = {}
    for window, x in _WINDOW_X.items():
        behind = [[x - 0.07, 0.2], [x + 0.07, 0.2], [x + 0.07, 0.41], [x - 0.07, 0.41]]
        before = [[x - 0.06, 0.49], [x + 0.06, 0.49], [x + 0.06, 0.61], [x - 0.06, 0.61]]
        zones.append(watched_zone(seat(window), ZoneKind.OPERATOR, behind))
        zones.append(watched_zone(spot(window), ZoneKind.VISITOR, before))
        windows[seat(window)] = windows[spot(window)] = of_window(window)
    return {CAMERA: WatchedCamera(CAMERA, OFFICE, "node-1", tuple(zones), windows)}


@dataclass
class Person:
    """Somebody on the floor: feet at ``x``, ``y``; ``goals`` are still to be walked to."""

    x: float
    y: float
    scale: float
    state: str = "coming"  # coming, waiting, called, served, leaving
    goals: list[tuple[float, float]] = field(default_factory=list)
    joined_s: float = 0.0
    until_s: float = 0.0
    window: int = 0
    clothes: NDArray[np.float64] = field(default_factory=lambda: np.full(_BINS, 1 / _BINS))

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

    @property
    def box(self) -> tuple[float, float, float, float]:
        height = self.scale * (0.10 + 0.20 * self.y)
        width = 0.36 * height / ASPECT
        return (self.x - width / 2, self.y - height, self.x + width / 2, self.y)


@dataclass(frozen=True)
class Second:
    """One look and what is true then."""

    at: datetime
    boxes: NDArray[np.float64]
    colours: NDArray[np.float32]
    queue: int
    present: dict[int, bool]


@dataclass
class Waited:
    """Somebody went from the queue to a window."""

    called_s: float
    waited_s: float


class Hall:
    """Step it second by second; ``waits`` grows as people are called."""

    def __init__(self, seed: int, *, per_hour: float = 105.0, breaks_until: float = 3000.0) -> None:
        self._rng = np.random.default_rng(seed)
        self._gap_s = 3600.0 / per_hour
        self._people: list[Person] = []
        self._queue: list[Person] = []
        self._at_window: dict[int, Person] = {}
        self._calls_s = dict.fromkeys(WINDOWS, 0.0)  # when the clerk calls the next one
        self._next_s = 5.0
        self._walker_s = 20.0
        self.waits: list[Waited] = []
        self.breaks = {
            window: [(start, start + float(self._rng.uniform(60, 300)))]
            for window in WINDOWS
            for start in [float(self._rng.uniform(300, breaks_until))]
        }

    def look(self, second: float) -> Second:
        """Move everybody by one second and look."""
        self._arrive(second)
        self._call(second)
        for person in self._people:
            person.walk(1.0)
        self._people = [p for p in self._people if p.state != "leaving" or p.goals]
        present = {window: self._present(window, second) for window in WINDOWS}
        boxes, colours = self._detect(present)
        return Second(at(second), boxes, colours, self._waiting(), present)

    def _waiting(self) -> int:
        return sum(0.06 <= p.x <= 0.9 and 0.73 <= p.y <= 0.99 for p in self._queue)

    def _present(self, window: int, second: float) -> bool:
        return not any(start <= second < end for start, end in self.breaks[window])

    def _arrive(self, second: float) -> None:
        rng = self._rng
        while second >= self._next_s:
            self._next_s += float(rng.exponential(self._gap_s))
            person = Person(*_DOOR, scale=float(rng.uniform(0.88, 1.12)))
            person.joined_s = -1.0
            person.clothes = _clothes(rng)
            self._people.append(person)
            self._queue.append(person)
        if second >= self._walker_s:
            self._walker_s += float(rng.exponential(60.0))
            walker = Person(0.0, 0.66, scale=float(rng.uniform(0.88, 1.12)), state="leaving")
            walker.clothes = _clothes(rng)
            walker.goals = [(0.98, 0.66)]
            self._people.append(walker)
        for place, person in enumerate(self._queue):
            goal = _place(place)
            if not person.goals or person.goals[-1] != goal:
                person.goals = [goal] if person.joined_s >= 0 else [(0.93, goal[1]), goal]
            if person.joined_s < 0 and person.x <= 0.9:
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
            w
            for w in WINDOWS
            if w not in self._at_window and second >= self._calls_s[w] and self._works(w, second)
        ]
        while free and self._queue and self._queue[0].joined_s >= 0:
            head = self._queue.pop(0)
            window = free.pop(int(rng.integers(len(free))))
            self.waits.append(Waited(second, second - head.joined_s))
            head.state, head.window = "called", window
            x = _WINDOW_X[window] + float(rng.uniform(-0.02, 0.02))
            head.goals = [(head.x, 0.66), (x, 0.66), (x, 0.56)]
            self._at_window[window] = head

    def _works(self, window: int, second: float) -> bool:
        """A clerk takes nobody new shortly before a break; who is still there waits for him."""
        return self._present(window, second) and self._present(window, second + 150.0)

    def _detect(self, present: dict[int, bool]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        rng = self._rng
        floor = np.array([p.box for p in self._people]).reshape(-1, 4)
        clerks = [(x - 0.035, 0.25, x + 0.035, 0.42) for w, x in _WINDOW_X.items() if present[w]]
        people = np.concatenate([floor, np.array(clerks).reshape(-1, 4)])
        wear = np.array([p.clothes for p in self._people] + [_UNIFORM] * len(clerks))
        wear = wear.reshape(-1, _BINS)
        visible = _visible(people)
        seen = rng.random(len(people)) < _chance(visible)
        found, wear, visible = people[seen], wear[seen], visible[seen]
        size = (found[:, 3] - found[:, 1])[:, None]
        found = found + rng.normal(0.0, 0.025, found.shape) * size * [1 / ASPECT, 1, 1 / ASPECT, 1]
        # Who is half hidden is half of somebody else's colours; light and noise do the rest.
        own = np.clip(visible, 0.3, 0.85)[:, None]
        wear = own * wear + (1 - own) * rng.dirichlet(np.full(_BINS, 0.5), len(wear))
        twice = rng.random(len(found)) < 0.004  # the same person twice
        ghosts = rng.uniform([0.1, 0.5], [0.9, 0.7], (int(rng.random() < 0.01), 2))
        boxes = np.concatenate([found, found[twice] + 0.03, np.hstack([ghosts, ghosts + 0.2])])
        colours = np.concatenate([wear, wear[twice], np.full((len(ghosts), _BINS), 1 / _BINS)])
        return np.clip(boxes, 0, 1), colours.astype(np.float32)


def _clothes(rng: np.random.Generator) -> NDArray[np.float64]:
    return rng.dirichlet(np.full(_BINS, 0.3))


_UNIFORM = np.eye(_BINS)[0]


def _place(place: int) -> tuple[float, float]:
    row, column = divmod(min(place, 2 * _ROW - 1), _ROW)
    along = column if row == 0 else _ROW - 1 - column
    return (0.14 + along * _SPACE + 0.04 * row, _ROW_Y[row])


def _visible(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each box that the nearer ones (lower in the picture) leave free."""
    left_top = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.clip(right_bottom - left_top, 0, None), axis=2)
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    hidden: NDArray[np.float64] = (shared * nearer).sum(axis=1) / area
    return 1.0 - hidden


def _chance(visible: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely the detector finds somebody of whom this much is visible."""
    return np.interp(visible, [0.15, 0.3, 0.5, 0.75], [0.02, 0.55, 0.9, 0.975])
