"""What a simulated hour must show."""

from dataclasses import replace

import pytest

from vision.evaluation import Told, ZoneCount, ZonePresence
from vision.goals import goals
from vision.scores import Absence, Blindness, CountError, PresenceScore, WaitError

GOOD = Told(
    3600,
    (),
    (ZoneCount("queue", CountError(3600, 0.4, 0.1), (), ()),),
    (ZonePresence("window-1", PresenceScore(3600, 1.0, 1.0, 0.0), (), ()),),
    0.5,
    WaitError(95.0, 100.0, -0.05),
    (Blindness("covered", 600.0, 1.0), Blindness("frozen", 900.0, 30.0)),
    0,
    (Absence("window-1", 300.0, 60.0, 11.0),),
)


def met(told: Told) -> list[bool | None]:
    return [goal.met for goal in goals(told)]


def test_a_good_hour_meets_every_goal() -> None:
    assert met(GOOD) == [True] * 6
    lines = [goal.line() for goal in goals(GOOD)]
    assert all(line.startswith("met ") for line in lines)
    assert "slowest of 1 at 1 places after 11 s" in lines[1]
    assert "-5.0%" in lines[3]


@pytest.mark.parametrize(
    ("told", "missed"),
    [
        (replace(GOOD, absent_falsely=1), 0),
        (replace(GOOD, absences=(Absence("window-1", 300.0, 60.0, 16.0),)), 1),
        (replace(GOOD, absences=(Absence("window-1", 300.0, 60.0, None),)), 1),
        (replace(GOOD, counts=(ZoneCount("queue", CountError(9, 0.8, 0.0), (), ()),)), 2),
        (replace(GOOD, wait=WaitError(120.0, 100.0, 0.2)), 3),
        (replace(GOOD, blind=(Blindness("defocused", 9.0, None),)), 4),
        (replace(GOOD, blind_falsely=1), 5),
    ],
    ids=["invented", "late", "never told", "queue", "wait", "defocused", "blind"],
)
def test_a_goal_is_missed(told: Told, missed: int) -> None:
    assert [number for number, one in enumerate(met(told)) if one is False] == [missed]


def test_what_a_set_has_no_truth_of_is_not_known() -> None:
    bare = Told(5, (), (), (), None, None)
    assert met(bare) == [None, None, None, None, None, True]
