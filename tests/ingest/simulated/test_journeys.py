"""Simulated routes, journeys and trackers: what is said to be true is what was driven."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from ingest.gps.geodesy import distance_m
from ingest.simulated.campaigns import van_days
from ingest.simulated.fleet import FLEET, Waypoint
from ingest.simulated.journeys import CORRIDOR_M, Detour, Happenings, Journey, TrueSpan, lived
from ingest.simulated.routes import SimulatedRoute, nearby, route_through
from ingest.simulated.sides import distance_to_line_m
from ingest.simulated.trackers import Arrival, Tracker, delivered, measured_journey, silences

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
PLACES = FLEET[0].stops
ALL = [stop for van in FLEET for stop in van.stops]


def planned(drawn_error_m: float = 0.0) -> SimulatedRoute:
    return route_through(PLACES, random.Random(5), stay_s=1800, drawn_error_m=drawn_error_m)


def driven(happened: Happenings) -> tuple[SimulatedRoute, Journey]:
    route = planned()
    return route, lived(route, happened, random.Random(6))


@pytest.mark.parametrize("error_m", [0.0, 40.0])
def test_a_route_leads_there_and_back_with_its_stops_on_the_line(error_m: float) -> None:
    route = planned(error_m)
    assert route.road[0] == route.road[-1]
    assert [stop.name for stop in route.stops] == ["Esik", "Turgen", "Kazakhstan", "Talgar"]
    for stop in route.stops:
        place = (stop.latitude, stop.longitude)
        assert place in route.line
        assert distance_to_line_m(place, route.line) < 1
    worst = max(distance_to_line_m(point, route.line) for point in route.road[::7])
    assert worst < (1 if error_m == 0 else CORRIDOR_M / 2)
    progress = [stop.progress_m for stop in route.stops]
    assert progress == sorted(progress)


def test_a_route_needs_two_places() -> None:
    with pytest.raises(ValueError, match="two places"):
        route_through(PLACES[:1], random.Random(1))


def test_a_lonely_base_serves_villages_that_are_made_up() -> None:
    found = nearby([Waypoint("Alone", 48.0, 67.0)], random.Random(2), stops=3)
    assert [place.name for place in found] == ["Alone", "Alone-1", "Alone-2", "Alone-3"]


def test_most_trips_keep_to_the_plan() -> None:
    route, journey = driven(Happenings())
    for visit, stop in zip(journey.visits, route.stops, strict=True):
        assert visit.stayed
        assert abs(visit.arrived_s - stop.arrive_after_s) < 300
    assert (journey.deviation, journey.wrong_way, journey.rests) == (None, None, ())


def test_arrivals_and_departures_are_where_the_radius_is_crossed() -> None:
    route, journey = driven(Happenings())
    for visit, stop in zip(journey.visits[:-1], route.stops, strict=False):
        for second in (visit.arrived_s, visit.departed_s):
            there = journey.at(second)
            apart = distance_m(there.latitude, there.longitude, stop.latitude, stop.longitude)
            assert 130 < apart < 151


def test_a_detour_is_true_while_the_van_is_beyond_the_corridor() -> None:
    a, b = (planned().stops[n].index for n in (0, 1))
    route, journey = driven(Happenings(detour=Detour(a + 10, b - 10, 1200.0)))
    assert journey.deviation is not None

    def off_m(second: float) -> float:
        there = journey.at(second)
        return distance_to_line_m((there.latitude, there.longitude), route.line)

    begun_s, ended_s = journey.deviation.from_s, journey.deviation.until_s
    assert off_m(begun_s - 2) <= CORRIDOR_M < off_m(begun_s + 1)
    assert off_m(ended_s + 2) <= CORRIDOR_M < off_m(ended_s - 1)
    assert off_m((begun_s + ended_s) / 2) > 1000


def test_a_van_that_turns_back_comes_to_where_it_turned() -> None:
    at = planned().stops[1].index + 40
    _, journey = driven(Happenings(turn_back=at))
    assert journey.wrong_way is not None
    turned, back = (journey.at(s) for s in (journey.wrong_way.from_s, journey.wrong_way.until_s))
    assert distance_m(turned.latitude, turned.longitude, back.latitude, back.longitude) < 30
    middle = journey.at((journey.wrong_way.from_s + journey.wrong_way.until_s) / 2)
    assert distance_m(turned.latitude, turned.longitude, middle.latitude, middle.longitude) > 3000


def test_rests_skips_and_lateness_are_told() -> None:
    _, journey = driven(Happenings(rests=((20, 900.0),), skipped=frozenset({2}), late_s=2400.0))
    (rest,) = journey.rests
    assert rest.until_s - rest.from_s == pytest.approx(900)
    assert journey.at(rest.from_s + 5).speed_km_h == 0
    assert [visit.stayed for visit in journey.visits] == [True, False, True, True]
    assert journey.visits[1].departed_s - journey.visits[1].arrived_s < 30
    assert journey.at(2399).speed_km_h == 0 < journey.at(2500).speed_km_h


def test_a_van_that_is_towed_away_moves_with_its_ignition_off() -> None:
    _, journey = driven(Happenings(towed=True))
    assert journey.towed is not None
    stood, gone = journey.at(journey.ends_s + 60), journey.at(journey.over_s + 60)
    assert (stood.speed_km_h, gone.speed_km_h) == (0, 0)
    away_m = distance_m(stood.latitude, stood.longitude, gone.latitude, gone.longitude)
    assert 3500 < away_m < 4300
    fixes = measured_journey(journey, NOON, Tracker("t", outliers=0.0), random.Random(1))
    moved = [
        fix
        for fix in fixes
        if journey.towed.from_s < (fix.fixed_at - NOON).total_seconds() < journey.towed.until_s
    ]
    assert len(moved) > 8
    assert not any(fix.ignition for fix in moved)
    assert max(fix.speed_km_h or 0 for fix in moved) > 30


def arrived(tracker: Tracker, silent: list[TrueSpan]) -> tuple[list[Arrival], int]:
    _, journey = driven(Happenings())
    fixes = measured_journey(journey, NOON, tracker, random.Random(1))
    return delivered(fixes, NOON, silent, tracker, random.Random(2)), len(fixes)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_black_box_is_emptied_when_there_is_network_again(newest_first: bool) -> None:
    hole = TrueSpan(1000, 4000)
    arrivals, count = arrived(Tracker("t", newest_first=newest_first), [hole])
    assert len(arrivals) == count
    late = [a for a in arrivals if a.received_at - a.fix.fixed_at > timedelta(seconds=60)]
    assert len(late) > 20
    assert all(a.received_at >= NOON + timedelta(seconds=hole.until_s) for a in late)
    times = [a.fix.fixed_at for a in late]
    assert times == sorted(times, reverse=newest_first)


def test_some_fixes_come_twice_and_each_at_least_once() -> None:
    arrivals, count = arrived(Tracker("t", repeated=0.2), [])
    assert len({arrival.fix.fixed_at for arrival in arrivals}) == count < len(arrivals)


def test_a_tracker_reports_when_the_van_stops_and_goes_on() -> None:
    _, journey = driven(Happenings())
    cut = TrueSpan(100, 400)
    fixes = measured_journey(journey, NOON, Tracker("t", power_cut=cut), random.Random(1))
    for before, after in pairwise(fixes):
        seconds = (after.fixed_at - before.fixed_at).total_seconds()
        assert seconds <= (30 if before.ignition else 120)
    dead = [fix for fix in fixes if fix.external_power_v == 0]
    assert 8 <= len(dead) <= 12


def test_a_van_far_from_every_mast_is_silent() -> None:
    route, journey = driven(Happenings())
    masts = [(stop.latitude, stop.longitude) for stop in route.stops]
    assert silences(journey, masts, 20_000) == []
    found = silences(journey, masts, 4_000)
    assert len(found) == 6  # three legs, there and back
    assert all(hole.until_s - hole.from_s > 100 for hole in found)


def test_a_campaign_is_the_same_for_a_seed_and_something_of_everything_happens() -> None:
    days = list(van_days(ALL, 2, 7, NOON))
    assert days == list(van_days(ALL, 2, 7, NOON))
    assert days[1].journey.deviation is not None
    assert all(day.hours > 1 and len(day.arrivals) > len(day.fixes) > 100 for day in days)
