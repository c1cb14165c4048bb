"""A simulated hour with known truth through the whole core: boxes to states and waiting."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean

import pytest

from models.observations import ZoneState
from tests.vision.hour import CAMERA, NOON, QUEUE, WINDOWS, Hall, at, plan, seat
from vision.flow import OfficeMinuteDone
from vision.watch import Watch

_SECONDS = 1800
_COVERED = range(1200, 1260)  # nothing can be seen
_SILENT = range(1500, 1530)  # no picture comes


@dataclass
class Played:
    hall: Hall
    queue_errors: list[float] = field(default_factory=list)
    presence: dict[int, list[tuple[ZoneState, float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    minutes: list[OfficeMinuteDone] = field(default_factory=list)


def play(seed: int) -> Played:
    hall, watch = Hall(seed, breaks_until=1100), Watch()
    played = Played(hall)
    watch.follow(plan(), NOON)
    window_of = {seat(window): window for window in WINDOWS}
    length: int | None = None
    for second in range(1, _SECONDS):
        now = hall.look(second)
        outcomes = [watch.tick(at(second + 0.5))]
        if second in _COVERED:
            outcomes.append(watch.see(CAMERA, None, now.at, sight="covered"))
        elif second not in _SILENT:
            outcomes.append(watch.see(CAMERA, now.boxes, now.at, colours=now.colours))
        for outcome in outcomes:
            played.minutes += outcome.offices
            for change in outcome.changes:
                told = change.observation
                if told.zone_id == QUEUE:
                    length = told.people
                elif told.zone_id in window_of:
                    since = (told.since - NOON).total_seconds()
                    played.presence[window_of[told.zone_id]].append((told.state, since, second))
        if length is not None:
            played.queue_errors.append(abs(length - now.queue))
    return played


@pytest.fixture(scope="module", params=[3], ids=["seed 3"])
def played(request: pytest.FixtureRequest) -> Played:
    return play(request.param)


def test_no_absence_is_false_and_each_is_known_within_fifteen_seconds(played: Played) -> None:
    for window in WINDOWS:
        (begins, ends) = played.hall.breaks[window]
        absences = [
            (since, told)
            for state, since, told in played.presence[window]
            if state is ZoneState.EMPTY
        ]
        for since, _ in absences:
            assert begins - 1 <= since <= ends
        blind = any(begins - 15 <= second <= begins + 15 for second in (*_COVERED, *_SILENT))
        if ends < _SECONDS and ends - begins > 20 and not blind:
            assert absences[0][1] - begins <= 15


def test_a_covered_or_silent_camera_is_unknown_within_ten_seconds(played: Played) -> None:
    for window in WINDOWS:
        unknown = [told for state, _, told in played.presence[window] if state is ZoneState.UNKNOWN]
        assert [second - start for second, start in zip(unknown, (1200, 1500), strict=True)]
        assert all(
            0 < told - start <= 10 for told, start in zip(unknown, (1200, 1500), strict=True)
        )


def test_the_queue_is_counted(played: Played) -> None:
    assert fmean(played.queue_errors) <= 0.7


def test_the_mean_wait_is_known(played: Played) -> None:
    last = played.minutes[-1]
    ends_s = (last.minute_at - NOON).total_seconds() + 60
    true = [
        waited.waited_s for waited in played.hall.waits if ends_s - 1860 < waited.called_s <= ends_s
    ]
    assert last.wait is not None
    assert last.wait_from == "flow"
    assert last.wait.value == pytest.approx(fmean(true), rel=0.1)
    assert last.wait.low <= fmean(true)
    assert last.wait.high is not None
    assert fmean(true) <= last.wait.high
