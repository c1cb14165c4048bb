"""A simulated hall with known truth, deterministic by seed, as boxes that a real detector gives.

People arrive, queue in two rows, are called to a free window, are served and leave. Operators take
planned breaks; some people only walk through. The detector misses who is hidden, trembles, doubles
and sees ghosts, at the rates that the research measured on labelled pictures.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ingest.simulated.visitors import Floor, Person, Visitors, Waited
from models.observations import ZoneKind
from vision.watched import Plan, WatchedCamera
from vision.zones import ASPECT, watched_zone

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CAMERA, OFFICE, QUEUE = UUID(int=1), UUID(int=2), UUID(int=3)
WINDOWS = (1, 2, 3, 4)
_WINDOW_X = {1: 0.2, 2: 0.4, 3: 0.6, 4: 0.8}
_BINS = 12  # of a colour histogram


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


@dataclass(frozen=True)
class Second:
    """One look and what is true then."""

    at: datetime
    boxes: NDArray[np.float64]
    colours: NDArray[np.float32]
    queue: int
    present: dict[int, bool]


class Hall:
    """Step it second by second; ``waits`` grows as people are called."""

    def __init__(self, seed: int, *, per_hour: float = 105.0, breaks_until: float = 3000.0) -> None:
        self._rng = np.random.default_rng(seed)
        self._visitors = Visitors(
            self._rng, Floor(_WINDOW_X), per_hour=per_hour, breaks_until=breaks_until
        )
        self._clothes: dict[int, NDArray[np.float64]] = {}

    @property
    def waits(self) -> list[Waited]:
        return self._visitors.waits

    @property
    def breaks(self) -> dict[int, tuple[float, float]]:
        return self._visitors.breaks

    def look(self, second: float) -> Second:
        """Move everybody by one second and look."""
        self._visitors.step(second)
        present = {window: self._visitors.is_present(window, second) for window in WINDOWS}
        boxes, colours = self._detect(present)
        return Second(at(second), boxes, colours, self._visitors.waiting(), present)

    def _worn(self, person: Person) -> NDArray[np.float64]:
        return self._clothes.setdefault(person.number, _clothes(self._rng))

    def _box(self, person: Person) -> tuple[float, float, float, float]:
        height = person.scale * self._visitors.floor.height(person.y)
        width = 0.36 * height / ASPECT
        return (person.x - width / 2, person.y - height, person.x + width / 2, person.y)

    def _detect(self, present: dict[int, bool]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        rng, people_now = self._rng, self._visitors.people
        floor = np.array([self._box(p) for p in people_now]).reshape(-1, 4)
        clerks = [(x - 0.035, 0.25, x + 0.035, 0.42) for w, x in _WINDOW_X.items() if present[w]]
        people = np.concatenate([floor, np.array(clerks).reshape(-1, 4)])
        wear = np.array([self._worn(p) for p in people_now] + [_UNIFORM] * len(clerks))
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
