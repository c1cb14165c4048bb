"""What else happens to simulated vans: that it is true, said and counted."""

from datetime import UTC, datetime

import pytest

from dashboard_api.cli.bench.gps_kinds import Told
from dashboard_api.cli.bench.gps_truth import measure, rows
from dashboard_api.cli.bench.report import Goal
from ingest.simulated.campaigns import van_days
from ingest.simulated.fleet import FLEET
from ingest.simulated.journeys import TrueSpan

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


def test_each_tenth_day_has_its_happening() -> None:
    places = FLEET[0].stops  # close together: short days
    days = list(van_days(places, 10, 3, NOON, report_interval_s=600.0))
    assert [number for number, day in enumerate(days) if day.journey.deviation] == [1, 6]
    assert [number for number, day in enumerate(days) if day.journey.wrong_way] == [5]
    assert [number for number, day in enumerate(days) if day.journey.rests] == [4]
    assert [number for number, day in enumerate(days) if day.tracker.power_cut] == [7]
    assert [number for number, day in enumerate(days) if day.journey.towed] == [9]


@pytest.mark.parametrize(
    ("said", "right", "found"),
    [
        ([], 0, 0),
        ([TrueSpan(1100, 1200)], 1, 1),
        ([TrueSpan(1100, 1200), TrueSpan(1300, 1400)], 2, 1),
        ([TrueSpan(100, 200)], 0, 0),
        ([TrueSpan(5100, 5200)], 1, 0),
    ],
    ids=["nothing", "one", "twice", "elsewhere", "where it may be said"],
)
def test_said_is_held_against_true(said: list[TrueSpan], right: int, found: int) -> None:
    told = Told()
    told.count([TrueSpan(1000, 2000), TrueSpan(5000, 5100)], said, 1)
    assert (told.true, told.found, told.said, told.right) == (1, found, len(said), right)


def test_every_kind_is_a_row_with_a_goal() -> None:
    score = measure(0.1)
    metrics = {row.metric: row for row in rows(score)}
    for kind in ("wrong_way", "unauthorised", "power_lost", "dead_zone", "lost", "unplanned_stop"):
        for name in (f"{kind}_precision", f"{kind}_recall"):
            assert (metrics[name].goal, metrics[name].direction) == (99.0, Goal.AT_LEAST)
