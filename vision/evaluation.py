"""Measures a detector, and the whole chain behind it, on a labelled set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np

from models.kit.errors import InvalidInput
from models.observations import ZoneKind, ZoneState
from vision import tamper
from vision.colours import colours
from vision.detector import Detections, Detector, Tensor
from vision.evaluate import Judged, average_of, curve, judge, precision_recall
from vision.flow import SPAN_MINUTES, OfficeMinuteDone
from vision.labelled_set import read_set
from vision.masks import Masks
from vision.occupancy import COUNTED
from vision.patches import patches
from vision.picture import thumbnail_of
from vision.scores import (
    Absence,
    BandScore,
    Blindness,
    CountError,
    Named,
    PresenceScore,
    WaitError,
    absences,
    band_score,
    blindness,
    count_error,
    idf1,
    mean_wait,
    presence_score,
    wait_error,
)
from vision.seats import Seats, seated
from vision.sequence import CAMERA, Sequence, pictures, read_sequence
from vision.sight import Sight
from vision.tamper import View
from vision.tracker import Tracks, step
from vision.watch import Outcome, Watch
from vision.zones import ASPECT
from vision.zoom import zoomed

ALL = "all"
_LEAST = 0.02  # AP is the area down to nearly no threshold
_BEGAN = datetime(2026, 1, 5, 4, tzinfo=UTC)  # a Monday morning; only differences count
_TIMED_LOOKS = 12
_PRESENT = {ZoneState.OCCUPIED: True, ZoneState.EMPTY: False}


@dataclass(frozen=True, slots=True)
class Group:
    """Figures of one group of stills; ``counts`` are (told, true) a still."""

    name: str
    stills: int
    people: int
    ap50: float
    precision: float | None
    recall: float | None
    count: CountError | None
    counts: tuple[tuple[int, int], ...] = field(repr=False)
    recall_curve: Tensor = field(repr=False)
    precision_curve: Tensor = field(repr=False)
    judged: tuple[Judged, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ZonePresence:
    """What was told of one zone and what was true, a look."""

    name: str
    score: PresenceScore
    told: tuple[bool | None, ...] = field(repr=False)
    true: tuple[bool, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ZoneCount:
    name: str
    error: CountError
    told: tuple[int | None, ...] = field(repr=False)
    true: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What the chain said over a sequence; None and empty where the set has no truth."""

    looks: int
    at_s: tuple[float, ...] = field(repr=False)
    counts: tuple[ZoneCount, ...]
    presence: tuple[ZonePresence, ...]
    idf1: float | None
    wait: WaitError | None
    blind: tuple[Blindness, ...] = ()
    blind_falsely: int = 0
    absences: tuple[Absence, ...] = ()
    absent_falsely: int = 0
    band: BandScore | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """``cpu_ms`` is the CPU time of the detector's fastest look, all its threads together."""

    detector: str
    dataset: str
    score: float
    cpu_ms: float
    groups: tuple[Group, ...]
    sequence: Told | None

    @property
    def whole(self) -> Group | None:
        """The figures over all stills, None for a set of a sequence only."""
        return self.groups[-1] if self.groups else None


class Timed:
    """A Detector that takes the CPU time of each look."""

    def __init__(self, detector: Detector, cpu_s: Callable[[], float]) -> None:
        self._detector = detector
        self._cpu_s = cpu_s
        self._took_s: list[float] = []
        self.name = detector.name

    def detect(self, picture: np.ndarray, *, score: float | None = None) -> Detections:
        began = self._cpu_s()
        found = self._detector.detect(picture, score=score)
        self._took_s.append(self._cpu_s() - began)
        return found

    @property
    def fastest_ms(self) -> float:
        """The fastest look: others on the machine make looks longer, nothing makes them shorter."""
        return 1000 * min(self._took_s, default=0.0)


def evaluate(
    detector: Detector,
    folder: Path,
    *,
    score: float,
    cpu_s: Callable[[], float],
    zoom: str | None = None,
) -> Evaluation:
    """Measure ``detector`` on the set in ``folder``; ``score`` is the threshold in use.

    ``zoom`` names a zone of the sequence that is looked at once more, larger.

    Raises:
        InvalidInput: there is no set, or it cannot be read.
    """
    if not folder.is_dir():
        msg = f"there is no folder {folder}; give a labelled set"
        raise InvalidInput(msg)
    timed = Timed(detector, cpu_s)
    sequence = read_sequence(folder)
    if zoom is not None and sequence is None:
        msg = f"the set has no sequence.json, so no zone {zoom!r} to look at larger"
        raise InvalidInput(msg)
    has_stills = (folder / "labels.json").is_file() or (folder / "labels").is_dir()
    groups = _stills(detector, timed, folder, score) if has_stills or sequence is None else ()
    told = None if sequence is None else _told(timed, sequence, folder, score, zoom)
    return Evaluation(detector.name, folder.resolve().name, score, timed.fastest_ms, groups, told)


def _stills(detector: Detector, timed: Timed, folder: Path, score: float) -> tuple[Group, ...]:
    """Judge all stills; the time is taken at the threshold in use, since AP looks at far more."""
    judged: dict[str, list[Judged]] = {}
    for number, still in enumerate(read_set(folder)):
        picture, truth = still.open()
        if number < _TIMED_LOOKS:
            timed.detect(picture, score=score)
        found = detector.detect(picture, score=_LEAST)
        judged.setdefault(still.group, []).append(judge(found, truth))
    groups = [group_of(name, each, score) for name, each in judged.items()]
    if len(groups) > 1:
        groups.append(group_of(ALL, [one for each in judged.values() for one in each], score))
    return tuple(groups)


def group_of(name: str, judged: list[Judged], score: float) -> Group:
    """Return the figures of judged stills; ``score`` is the threshold in use."""
    used = [each.at(score) for each in judged]
    precision, recall = precision_recall(used)
    counts = tuple((len(each.scores), each.people) for each in used)
    recall_curve, precision_curve = curve(judged)
    return Group(
        name,
        len(judged),
        sum(each.people for each in judged),
        average_of(judged),
        precision,
        recall,
        count_error([told for told, _ in counts], [true for _, true in counts]),
        counts,
        recall_curve,
        precision_curve,
        tuple(judged),
    )


def _told(
    detector: Detector, sequence: Sequence, folder: Path, score: float, zoom: str | None
) -> Told:
    """Run the same code as the service over a sequence and compare what it tells."""
    camera = sequence.camera()
    far = (sequence.polygon(zoom),) if zoom is not None else ()
    mask = Masks(camera.masks)
    watch = Watch()
    watch.follow({CAMERA: camera}, _BEGAN)
    ids = sequence.zone_ids()
    states: dict[str, tuple[ZoneState, int | None]] = {}
    at_s: list[float] = []
    told: dict[str, list[tuple[ZoneState, int | None]]] = {zone.name: [] for zone in sequence.zones}
    true: dict[str, list[int | None]] = {zone.name: [] for zone in sequence.zones}
    tracks, named, truly = Tracks(), [], []
    minutes: list[OfficeMinuteDone] = []
    seats: Seats = {}
    view, blind, hinders = View(), list[bool](), list[str | None]()
    for look, picture in pictures(sequence, folder):
        mask(picture)
        at = _BEGAN + timedelta(seconds=look.at_s)
        at_s.append(look.at_s)
        view, sees = tamper.look(view, thumbnail_of(picture), at)
        blind.append(sees is not Sight.CLEAR)
        hinders.append(look.blind)
        if sees is Sight.CLEAR:
            found = zoomed(detector, picture, far, aspect=ASPECT, score=score)
            height, width = picture.shape[:2]
            size = np.array([width, height] * 2, np.float64)
            near = patches(picture, camera.zones)
            seats, there = seated(
                seats, found.boxes / size, found.faint / size, camera.zones, at, near
            )
            boxes, worn = there.boxes, colours(picture, there.boxes)
            outcome = watch.see(CAMERA, boxes, at, colours=worn, doubtful=there.doubtful)
            if look.people is not None:
                tracks, numbers, _ = step(tracks, boxes, [()] * len(boxes), at, worn)
                named.append(dict(zip(numbers, (boxes * size).astype(np.float32), strict=True)))
                truly.append(_boxes(look.people))
        else:
            outcome = watch.see(CAMERA, None, at, sight=sees)
        _take(outcome, states, minutes, ids)
        for zone in sequence.zones:
            told[zone.name].append(states.get(zone.name, (ZoneState.UNKNOWN, None)))
            true[zone.name].append(look.zones.get(zone.name))
    _take(watch.finish(), states, minutes, ids)
    counts, presence = [], []
    absent: list[Absence] = []
    absent_falsely = 0
    for zone in sequence.zones:
        if zone.kind is ZoneKind.OPERATOR:
            away, invented = _absent(zone.name, at_s, told[zone.name], true[zone.name])
            absent += away
            absent_falsely += invented
        if zone.kind in COUNTED:
            counts += _counted(zone.name, told[zone.name], true[zone.name])
        elif zone.kind is not ZoneKind.MASK:
            presence += _present(zone.name, told[zone.name], true[zone.name])
    return Told(
        len(at_s),
        tuple(at_s),
        tuple(counts),
        tuple(presence),
        idf1(named, truly) if truly else None,
        wait_error(_mean_wait(minutes), sequence.mean_wait_s),
        *blindness(at_s, blind, hinders),
        tuple(absent),
        absent_falsely,
        band_score(_bands(minutes), sequence.waits, SPAN_MINUTES * 60),
    )


def _mean_wait(minutes: list[OfficeMinuteDone]) -> float | None:
    return mean_wait(
        [(minute.wait.value if minute.wait else None, minute.served) for minute in minutes],
        SPAN_MINUTES,
    )


def _bands(minutes: list[OfficeMinuteDone]) -> list[tuple[float, float, float, float | None]]:
    return [
        (
            (minute.minute_at - _BEGAN).total_seconds() + 60,
            minute.wait.value,
            minute.wait.low,
            minute.wait.high,
        )
        for minute in minutes
        if minute.wait is not None
    ]


def _absent(
    name: str,
    at_s: list[float],
    told: list[tuple[ZoneState, int | None]],
    true: list[int | None],
) -> tuple[tuple[Absence, ...], int]:
    return absences(
        name,
        at_s,
        [_PRESENT.get(state) for state, _ in told],
        [None if people is None else people > 0 for people in true],
    )


def _take(
    outcome: Outcome,
    states: dict[str, tuple[ZoneState, int | None]],
    minutes: list[OfficeMinuteDone],
    ids: dict[str, UUID],
) -> None:
    names = {zone_id: name for name, zone_id in ids.items()}
    for change in outcome.changes:
        seen = change.observation
        states[names[seen.zone_id]] = (seen.state, seen.people)
    minutes += outcome.offices


def _counted(
    name: str, told: list[tuple[ZoneState, int | None]], true: list[int | None]
) -> list[ZoneCount]:
    pairs = [
        (people, truth) for (_, people), truth in zip(told, true, strict=True) if truth is not None
    ]
    error = count_error([people for people, _ in pairs], [truth for _, truth in pairs])
    if error is None:
        return []
    return [ZoneCount(name, error, tuple(p for p, _ in pairs), tuple(t for _, t in pairs))]


def _present(
    name: str, told: list[tuple[ZoneState, int | None]], true: list[int | None]
) -> list[ZonePresence]:
    pairs = [
        (_PRESENT.get(state), truth > 0)
        for (state, _), truth in zip(told, true, strict=True)
        if truth is not None
    ]
    score = presence_score([one for one, _ in pairs], [other for _, other in pairs])
    if score is None:
        return []
    return [ZonePresence(name, score, tuple(p for p, _ in pairs), tuple(t for _, t in pairs))]


def _boxes(people: dict[int, tuple[float, float, float, float]]) -> Named:
    return {who: np.array(box, np.float32) for who, box in people.items()}
