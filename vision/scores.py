"""Pure: how well counts, presence, identities and waits are told, against the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vision.assignment import assign
from vision.detector import Tensor
from vision.evaluate import MATCH
from vision.overlap import iou

RECOVERS_S = 10.0
TELLS_S = 15.0  # how soon an absence is to be told
NEAR_BLIND_S = 30.0  # after blindness a state is known again


@dataclass(frozen=True, slots=True)
class CountError:
    """In people a look. ``bias`` is below 0 where too few are told."""

    looks: int
    mae: float
    bias: float


def count_error(told: Sequence[float | None], true: Sequence[float]) -> CountError | None:
    """Return how far counts are off, over the looks where one was told; None where none was."""
    off = [one - other for one, other in zip(told, true, strict=True) if one is not None]
    if not off:
        return None
    return CountError(len(off), float(np.mean(np.abs(off))), float(np.mean(off)))


@dataclass(frozen=True, slots=True)
class PresenceScore:
    """Of «somebody is there». ``unknown`` is the share of looks where nothing was told."""

    looks: int
    precision: float | None
    recall: float | None
    unknown: float


def presence_score(told: Sequence[bool | None], true: Sequence[bool]) -> PresenceScore | None:
    """Compare looks; those told as unknown count in neither precision nor recall."""
    pairs = list(zip(told, true, strict=True))
    if not pairs:
        return None
    known = [(one, other) for one, other in pairs if one is not None]
    both = sum(one and other for one, other in known)
    told_there = sum(one for one, _ in known)
    truly_there = sum(other for _, other in known)
    return PresenceScore(
        len(pairs),
        both / told_there if told_there else None,
        both / truly_there if truly_there else None,
        1 - len(known) / len(pairs),
    )


@dataclass(frozen=True, slots=True)
class Blindness:
    """A span in which a camera could not see; ``found_s`` None: it was never told."""

    what: str
    at_s: float
    found_s: float | None


def blindness(
    at_s: Sequence[float], told: Sequence[bool], true: Sequence[str | None]
) -> tuple[tuple[Blindness, ...], int]:
    """Return each span of blindness with how long it took to be told, and how often it was not so.

    What is told for RECOVERS_S after such a span counts as neither.
    """
    spans: list[Blindness] = []
    false, ended_s = 0, -RECOVERS_S
    before: str | None = None
    for second, said, what in zip(at_s, told, true, strict=True):
        if what is not None:
            if what != before:
                spans.append(Blindness(what, second, None))
            if said and spans[-1].found_s is None:
                spans[-1] = replace(spans[-1], found_s=second - spans[-1].at_s)
            ended_s = second
        elif said and second - ended_s > RECOVERS_S:
            false += 1
        before = what
    return tuple(spans), false


@dataclass(frozen=True, slots=True)
class Absence:
    """Nobody was at a place from ``at_s`` on; ``found_s`` None: that was never told."""

    zone: str
    at_s: float
    length_s: float
    found_s: float | None


def absences(
    zone: str,
    at_s: Sequence[float],
    told: Sequence[bool | None],
    true: Sequence[bool | None],
) -> tuple[tuple[Absence, ...], int]:
    """Return each absence long enough to be told, and how often one was told that was none.

    ``true`` is None where nothing could be seen: an absence that began or ended then, or near it,
    is not asked for. What was told late, up to TELLS_S after the return, was no invention.
    """
    found: list[Absence] = []
    spans = _spans(true, value=False)
    for first, end in spans:
        near = [
            one
            for second, one in zip(at_s, true, strict=True)
            if at_s[first] - NEAR_BLIND_S <= second <= at_s[first] + TELLS_S
        ]
        whole = first > 0 and end < len(true) and None not in near
        if not whole or at_s[end] - at_s[first] <= TELLS_S:
            continue
        when = next((at_s[n] for n in range(first, end) if told[n] is False), None)
        length_s = at_s[end] - at_s[first]
        found_s = None if when is None else when - at_s[first]
        found.append(Absence(zone, at_s[first], length_s, found_s))
    false = sum(
        all(
            one is True
            for second, one in zip(at_s, true, strict=True)
            if at_s[first] - TELLS_S <= second <= at_s[end - 1]
        )
        for first, end in _spans(told, value=False)
    )
    return tuple(found), false


def _spans(states: Sequence[bool | None], *, value: bool) -> list[tuple[int, int]]:
    """Return the runs of a value as first and end (the place after the last)."""
    runs: list[tuple[int, int]] = []
    for place, state in enumerate(states):
        if state is value:
            first = runs.pop()[0] if runs and runs[-1][1] == place else place
            runs.append((first, place + 1))
    return runs


Told = tuple[float, float, float, float | None]
"""At a second: the mean wait told, and the band around it."""


@dataclass(frozen=True, slots=True)
class BandScore:
    """Of the bands told, how many held the truth, and how wide they are (half, by the wait)."""

    told: int
    held: float
    half: float


def band_score(
    told: Sequence[Told], waits: Sequence[tuple[float, float]], span_s: float
) -> BandScore | None:
    """Compare each band with who went to a window in the ``span_s`` before; None without any."""
    held: list[bool] = []
    half: list[float] = []
    for second, value, low, high in told:
        true = [waited for called, waited in waits if second - span_s < called <= second]
        if true and value > 0:
            mean = float(np.mean(true))
            held.append(low <= mean and (high is None or mean <= high))
            half.append((value - low) / value)
    return BandScore(len(held), float(np.mean(held)), float(np.mean(half))) if held else None


Named = Mapping[int, Tensor]
"""Who is where in one look: identity → box, left, top, right, bottom."""


def idf1(told: Sequence[Named], true: Sequence[Named]) -> float | None:
    """Return the share of person-looks under the right identity, 0-1; None where nobody was.

    Each true identity is paired with one told identity at most, so that most looks agree
    (IoU ≥ MATCH); IDF1 is twice those looks over all told and all true ones.
    """
    agree: dict[tuple[int, int], int] = {}
    total = 0
    for told_look, true_look in zip(told, true, strict=True):
        total += len(told_look) + len(true_look)
        boxes = np.array(list(told_look.values()), np.float32).reshape(-1, 4)
        for who, box in true_look.items():
            for index in np.flatnonzero(iou(np.asarray(box, np.float32), boxes) >= MATCH):
                pair = (who, list(told_look)[int(index)])
                agree[pair] = agree.get(pair, 0) + 1
    if not total:
        return None
    rows = sorted({who for who, _ in agree})
    columns = sorted({who for _, who in agree})
    most = max(agree.values(), default=0)
    costs = np.full((len(rows), len(columns)), float(most))
    for (who, other), looks in agree.items():
        costs[rows.index(who), columns.index(other)] = most - looks
    matched = sum(agree.get((rows[row], columns[column]), 0) for row, column in assign(costs))
    return 2 * matched / total


@dataclass(frozen=True, slots=True)
class WaitError:
    """Mean waits in seconds; ``share`` is (told - true) ÷ true."""

    told_s: float
    true_s: float
    share: float


Waited = tuple[float | None, int]
"""A minute: the mean wait told at its end in seconds, and how many were served in it."""


def mean_wait(minutes: Sequence[Waited], span: int) -> float | None:
    """Return the mean wait told over all minutes; None where none was told.

    Each figure is about the last ``span`` minutes, so one a span counts, counted back from the
    end, weighed by who was served in the span.
    """
    total_s, people = 0.0, 0
    for end in range(len(minutes), 0, -span):
        part = minutes[max(0, end - span) : end]
        told = [wait_s for wait_s, _ in part if wait_s is not None]
        served = sum(count for _, count in part)
        if told:
            total_s += told[-1] * max(1, served)
            people += max(1, served)
    return total_s / people if people else None


def wait_error(told_s: float | None, true_s: float | None) -> WaitError | None:
    """Compare mean waits; None where one is unknown or nobody waited."""
    if told_s is None or true_s is None or true_s <= 0:
        return None
    return WaitError(told_s, true_s, (told_s - true_s) / true_s)
