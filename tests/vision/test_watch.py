"""Looks of cameras to changes of zones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np

from models.observations import ZoneKind, ZoneState
from vision.watch import Outcome, Plan, Watch, WatchedCamera
from vision.zones import watched_zone

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
CAMERA, OFFICE, WINDOW, OPERATOR, QUEUE = (UUID(int=n) for n in range(1, 6))
TOP = [[0, 0], [1, 0], [1, 0.5], [0, 0.5]]
BOTTOM = [[0, 0.5], [1, 0.5], [1, 1], [0, 1]]
CLERK = np.array([[0.4, 0.1, 0.5, 0.4]])
CLERK_AND_TWO = np.array([[0.4, 0.1, 0.5, 0.4], [0.1, 0.5, 0.2, 0.9], [0.7, 0.5, 0.8, 0.9]])
NOBODY = np.zeros((0, 4))


def plan(queue: object = BOTTOM) -> Plan:
    zones = (
        watched_zone(OPERATOR, ZoneKind.OPERATOR, TOP),
        watched_zone(QUEUE, ZoneKind.QUEUE, queue),
    )
    return {CAMERA: WatchedCamera(CAMERA, OFFICE, "node-1", zones, {OPERATOR: WINDOW})}


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def told(outcome: Outcome) -> dict[UUID, tuple[ZoneState, int | None]]:
    seen = [change.observation for change in outcome.changes]
    return {observation.zone_id: (observation.state, observation.people) for observation in seen}


def watching() -> Watch:
    watch = Watch()
    watch.follow(plan(), NOON)
    return watch


def test_the_first_look_tells_every_zone_with_its_place() -> None:
    outcome = watching().see(CAMERA, CLERK_AND_TWO, at(1))
    assert told(outcome) == {
        OPERATOR: (ZoneState.OCCUPIED, 1),
        QUEUE: (ZoneState.OCCUPIED, 2),
    }
    assert {(c.camera_id, c.office_id) for c in outcome.changes} == {(CAMERA, OFFICE)}
    assert [c.window_id for c in outcome.changes] == [WINDOW, None]


def test_a_silent_camera_becomes_unknown_and_never_empty() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK_AND_TWO, at(0.5))
    later: dict[UUID, tuple[ZoneState, int | None]] = {}
    for second in range(1, 120):
        later |= told(watch.tick(at(second)))
    assert later == dict.fromkeys((OPERATOR, QUEUE), (ZoneState.UNKNOWN, None))


def test_looks_that_see_nothing_are_unknown_too() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK, at(0))
    states = [told(watch.see(CAMERA, None, at(second))) for second in range(1, 20)]
    assert [s for s in states if s] == [dict.fromkeys((OPERATOR, QUEUE), (ZoneState.UNKNOWN, None))]


def test_why_nothing_is_seen_is_told_once() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK, at(0))
    outcomes = [watch.see(CAMERA, None, at(second), sight="dark") for second in range(1, 20)]
    changes = [change for outcome in outcomes for change in outcome.changes]
    assert {change.sight for change in changes} == {"dark"}
    assert len(changes) == 2  # one a zone
    (back, *_) = watch.see(CAMERA, CLERK, at(20), sight=None).changes
    assert (back.observation.state, back.sight) == (ZoneState.OCCUPIED, None)


def test_a_picture_that_comes_back_dark_is_told() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK, at(0))
    silent = [watch.tick(at(second)) for second in range(1, 30)]
    assert {c.sight for outcome in silent for c in outcome.changes} == {None}
    dark = [watch.see(CAMERA, None, at(second), sight="dark") for second in range(30, 40)]
    told_of = [(c.observation.zone_id, c.sight) for outcome in dark for c in outcome.changes]
    assert told_of == [(OPERATOR, "dark"), (QUEUE, "dark")]


def test_a_camera_that_is_looked_at_is_not_ticked() -> None:
    watch = watching()
    for second in range(60):
        watch.see(CAMERA, CLERK, at(second))
        assert watch.tick(at(second + 0.5)) == Outcome()
    minute = watch.see(CAMERA, CLERK, at(60)).minutes[0].minute
    assert (minute.looks, minute.known_looks) == (60, 60)


def test_a_blind_minute_is_counted_as_blind() -> None:
    watch = watching()
    done = [m for second in range(1, 70) for m in watch.tick(at(second)).minutes]
    assert {m.zone_id for m in done} == {OPERATOR, QUEUE}
    assert all(m.minute.known_looks == 0 and m.minute.looks > 50 for m in done)


def test_a_zone_that_was_not_redrawn_keeps_its_state() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK_AND_TWO, at(1))
    watch.follow(plan(queue=[[0, 0.6], [1, 0.6], [1, 1], [0, 1]]), at(2))
    assert told(watch.see(CAMERA, CLERK_AND_TWO, at(2))) == {QUEUE: (ZoneState.OCCUPIED, 2)}


def test_a_zone_that_became_of_another_kind_starts_anew() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK_AND_TWO, at(1))
    camera = plan()[CAMERA]
    zones = (camera.zones[0], replace(camera.zones[1], kind=ZoneKind.ENTRANCE))
    watch.follow({CAMERA: replace(camera, zones=zones)}, at(2))
    looks = [told(watch.see(CAMERA, NOBODY, at(second))) for second in (2, 3, 4)]
    assert looks == [{}, {}, {QUEUE: (ZoneState.EMPTY, 0)}]


def test_a_camera_that_left_the_plan_is_silent() -> None:
    watch = watching()
    watch.follow({}, at(1))
    assert watch.see(CAMERA, CLERK, at(2)) == Outcome()
    assert watch.tick(at(60)) == Outcome()


def test_finish_gives_the_minutes_that_were_begun_once() -> None:
    watch = watching()
    watch.see(CAMERA, CLERK, at(1))
    assert {m.zone_id for m in watch.finish().minutes} == {OPERATOR, QUEUE}
    assert watch.finish().minutes == []
