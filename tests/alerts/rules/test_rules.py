from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from alerts.facts import (
    AreaFacts,
    CameraFacts,
    ClosedOfficeFacts,
    HallFacts,
    NodeFacts,
    OfficeFacts,
    Place,
    QueueFacts,
    Reading,
    Sight,
    StreamReading,
    ToldSight,
    VisionFacts,
    WindowFacts,
)
from alerts.outage import CameraLine, patience_until
from alerts.rules.area_entered import AreaEntered
from alerts.rules.base import Sign
from alerts.rules.camera_blind import CameraBlind
from alerts.rules.camera_silent import CameraSilent
from alerts.rules.hall_crowded import HallCrowded
from alerts.rules.node_down import NodeDown
from alerts.rules.office_offline import OfficeOffline
from alerts.rules.people_after_hours import PeopleAfterHours
from alerts.rules.queue_too_long import QueueTooLong
from alerts.rules.table import RULES
from alerts.rules.vision_down import VisionDown
from alerts.rules.window_unstaffed import WindowUnstaffed
from alerts.timetables import Span
from models.observations import StreamKind, StreamState, ZoneState
from tests.builders import NOON

PLACE = Place("subject", UUID(int=1))
SECOND = timedelta(seconds=1)
OPENED = NOON - timedelta(hours=3)
OPEN = Span(True, OPENED, NOON + timedelta(hours=6))
CLOSED = Span(False, NOON - timedelta(hours=1), NOON + timedelta(hours=6))
EMPTY = Reading(ZoneState.EMPTY, 0, NOON)
TAKEN = Reading(ZoneState.OCCUPIED, 1, NOON)


@pytest.mark.parametrize(
    ("limit", "people", "sign"),
    [
        (5, 6, Sign.FIRING),
        (5, 5, Sign.BETWEEN),
        (5, 4, Sign.CLEAR),
        (5, None, Sign.UNKNOWN),
        (1, 1, Sign.BETWEEN),
        (1, 0, Sign.CLEAR),
        (0, 1, Sign.FIRING),
        (0, 0, Sign.CLEAR),
    ],
)
def test_a_queue_against_its_limit(limit: int, people: int | None, sign: Sign) -> None:
    state = ZoneState.UNKNOWN if people is None else ZoneState.OCCUPIED
    facts = QueueFacts(PLACE, limit, 60 * SECOND, Reading(state, people, NOON))
    assert QueueTooLong().judge(facts, NOON).sign is sign


def test_a_queue_that_nobody_saw_is_unknown() -> None:
    facts = QueueFacts(PLACE, 5, 60 * SECOND, None)
    assert QueueTooLong().judge(facts, NOON).sign is Sign.UNKNOWN


@pytest.mark.parametrize(
    ("readings", "hours", "sign"),
    [
        ((EMPTY,), OPEN, Sign.FIRING),
        ((TAKEN,), OPEN, Sign.CLEAR),
        ((EMPTY, TAKEN), OPEN, Sign.CLEAR),  # two cameras: one saw the operator
        ((), OPEN, Sign.UNKNOWN),
        ((EMPTY,), CLOSED, Sign.CLEAR),
        ((), CLOSED, Sign.CLEAR),  # closed needs no camera
    ],
)
def test_a_window_against_its_timetable(
    readings: tuple[Reading, ...], hours: Span, sign: Sign
) -> None:
    facts = WindowFacts(PLACE, 3, "migration_police", 180 * SECOND, readings, hours)
    assert WindowUnstaffed().judge(facts, NOON).sign is sign


@pytest.mark.parametrize(
    ("empty_after_opening_s", "due_after_opening_s"),
    [
        (-3600, 300),  # empty all night: the grace of five minutes
        (0, 300),
        (100, 300),
        (120, 300),
        (200, 380),  # from here on its own three minutes are later
        (3600, 3780),
    ],
)
def test_opening_grace(empty_after_opening_s: int, due_after_opening_s: int) -> None:
    empty = Reading(ZoneState.EMPTY, 0, OPENED + empty_after_opening_s * SECOND)
    facts = WindowFacts(PLACE, 3, "hqko", 180 * SECOND, (empty,), OPEN)
    verdict = WindowUnstaffed().judge(facts, NOON)
    assert verdict.since is not None
    assert verdict.since + verdict.hold == OPENED + due_after_opening_s * SECOND
    assert verdict.since >= OPENED


def test_a_window_that_never_closes_has_no_grace() -> None:
    facts = WindowFacts(PLACE, 3, "hqko", 180 * SECOND, (EMPTY,), Span(True, None, None))
    assert WindowUnstaffed().judge(facts, NOON).hold == 180 * SECOND


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def a_camera(
    main: StreamState, sub: StreamState, *, node_seen_at: datetime | None = None
) -> CameraFacts:
    return CameraFacts(
        PLACE,
        (
            (StreamKind.MAIN, StreamReading(main, NOON)),
            (StreamKind.SUB, StreamReading(sub, NOON - 4 * SECOND)),
        ),
        node_seen_at,
        watched_since=LONG_AGO,
    )


@pytest.mark.parametrize("state", [s for s in StreamState if s is not StreamState.LIVE])
def test_either_stream_makes_a_camera_silent(state: StreamState) -> None:
    for facts, since in (
        (a_camera(state, StreamState.LIVE), NOON),
        (a_camera(StreamState.LIVE, state), NOON - 4 * SECOND),
    ):
        verdict = CameraSilent().judge(facts, NOON)
        assert (verdict.sign, verdict.since, verdict.hold) == (Sign.FIRING, since, 10 * SECOND)


@pytest.mark.parametrize(
    ("main", "sub", "cause"),
    [
        (StreamState.AUTH_FAILED, StreamState.AUTH_FAILED, "auth_failed"),
        (StreamState.DOWN, StreamState.AUTH_FAILED, "auth_failed"),
        (StreamState.UNSUPPORTED, StreamState.LIVE, "unsupported"),
        (StreamState.STALLED, StreamState.DOWN, "stalled"),
        (StreamState.CONNECTING, StreamState.LIVE, "connecting"),
    ],
)
def test_a_silent_camera_says_why(main: StreamState, sub: StreamState, cause: str) -> None:
    assert CameraSilent().judge(a_camera(main, sub), NOON).details["cause"] == cause


@pytest.mark.parametrize(
    ("heartbeat_age_s", "node", "camera"),
    [
        (2, Sign.CLEAR, Sign.FIRING),
        (15, Sign.CLEAR, Sign.FIRING),
        (16, Sign.FIRING, Sign.UNKNOWN),  # nothing is known of the cameras of a dead node
        (None, Sign.UNKNOWN, Sign.FIRING),  # never seen: it may be an older one without heartbeat
    ],
)
def test_a_node_without_heartbeat(heartbeat_age_s: int | None, node: Sign, camera: Sign) -> None:
    seen_at = None if heartbeat_age_s is None else NOON - heartbeat_age_s * SECOND
    facts = NodeFacts(PLACE, "node-1/0", 7, seen_at, LONG_AGO)
    assert NodeDown().judge(facts, NOON).sign is node
    down = a_camera(StreamState.DOWN, StreamState.DOWN, node_seen_at=seen_at)
    assert CameraSilent().judge(down, NOON).sign is camera


@pytest.mark.parametrize(
    ("heartbeat_age_s", "sign", "due_s"),
    [(14, Sign.CLEAR, None), (16, Sign.FIRING, 14), (29, Sign.FIRING, 1), (31, Sign.FIRING, -1)],
)
def test_vision_without_heartbeat_is_told_when_it_does_not_come_back(
    heartbeat_age_s: int, sign: Sign, due_s: int | None
) -> None:
    facts = VisionFacts(PLACE, "vision-1", 30, NOON - heartbeat_age_s * SECOND, LONG_AGO)
    verdict = VisionDown().judge(facts, NOON)
    assert verdict.sign is sign
    if due_s is not None:
        assert verdict.since is not None
        assert verdict.since + verdict.hold == NOON + due_s * SECOND
        assert verdict.details == {"node": "vision-1", "cameras": 30}


def test_a_camera_of_an_office_without_line_is_not_told_apart() -> None:
    down = a_camera(StreamState.DOWN, StreamState.DOWN)
    assert CameraSilent().judge(replace(down, office_offline=True), NOON).sign is Sign.BETWEEN
    patient = replace(down, patience_until=NOON + 60 * SECOND)
    verdict = CameraSilent().judge(patient, NOON)
    assert verdict.since is not None
    assert verdict.since + verdict.hold == NOON + 60 * SECOND


def silent(*seconds_ago: int) -> list[CameraLine]:
    return [CameraLine(silent_since=NOON - s * SECOND) for s in seconds_ago]


def live(*seconds_ago: int) -> list[CameraLine]:
    return [CameraLine(live_since=NOON - s * SECOND) for s in seconds_ago]


@pytest.mark.parametrize(
    ("lines", "sign", "due_s"),
    [
        (silent(5, 3), Sign.FIRING, 7),  # ten seconds after the last one
        (silent(60, 30, 0), Sign.FIRING, 10),
        (silent(9000, 3, 2), Sign.FIRING, 8),  # one was broken long before
        (silent(9000, 3), Sign.CLEAR, None),  # two cameras that broke apart from each other
        ([*silent(5, 3), *live(9000)], Sign.CLEAR, None),
        ([*silent(5, 3), CameraLine()], Sign.CLEAR, None),  # one refuses our password: it answers
        (silent(5), Sign.UNKNOWN, None),
        ([], Sign.UNKNOWN, None),
    ],
)
def test_an_office_that_fell_silent(lines: list[CameraLine], sign: Sign, due_s: int | None) -> None:
    verdict = OfficeOffline().judge(OfficeFacts(PLACE, tuple(lines), LONG_AGO), NOON)
    assert verdict.sign is sign
    if due_s is not None:
        assert verdict.since is not None
        assert verdict.since + verdict.hold == NOON + due_s * SECOND


@pytest.mark.parametrize(
    ("lines", "until_s"),
    [
        ([*silent(5), *live(9000, 9000)], None),  # a camera alone
        ([*silent(5, 3), *live(9000)], 55),  # two of three: the third may follow
        ([*silent(5, 3), *live(9000, 9000)], None),  # half of the office works
        ([*silent(5, 9000), *live(9000)], None),  # the other one broke long ago
        ([*silent(5), *live(2, 1)], 58),  # the office came back two seconds ago
        ([*silent(100), *live(70, 9)], -10),  # it had its minute
    ],
)
def test_how_long_the_office_explains_a_silence(
    lines: list[CameraLine], until_s: int | None
) -> None:
    since = lines[0].silent_since
    assert since is not None
    until = None if until_s is None else NOON + until_s * SECOND
    assert patience_until(lines, since) == until


DARK, SEEN = Sight("dark", NOON), Sight(None, NOON)


@pytest.mark.parametrize(
    ("state", "sights", "sign"),
    [
        (StreamState.LIVE, (DARK, DARK), Sign.FIRING),
        (StreamState.LIVE, (DARK, SEEN), Sign.CLEAR),
        (StreamState.LIVE, (SEEN,), Sign.CLEAR),
        (StreamState.LIVE, (), Sign.UNKNOWN),  # nobody looks
        (StreamState.STALLED, (DARK,), Sign.UNKNOWN),  # no picture is another alert
    ],
)
def test_a_picture_in_which_nothing_is_seen(
    state: StreamState, sights: tuple[Sight, ...], sign: Sign
) -> None:
    facts = replace(a_camera(state, StreamState.LIVE), sights=sights)
    verdict = CameraBlind().judge(facts, NOON)
    assert verdict.sign is sign
    if sign is Sign.FIRING:
        assert (verdict.since, verdict.details) == (NOON, {"sight": "dark"})


@pytest.mark.parametrize(
    ("told", "sights", "sign", "since"),
    [
        ((ToldSight("covered", NOON, "vs0"),), (), Sign.FIRING, NOON),
        ((ToldSight("covered", NOON, "vs0"),), (Sight(None, OPENED),), Sign.FIRING, NOON),
        ((ToldSight(None, NOON, "vs0"),), (), Sign.CLEAR, NOON),
        ((ToldSight(None, NOON, "vs0"),), (Sight("dark", OPENED),), Sign.FIRING, OPENED),
        ((), (), Sign.UNKNOWN, None),
    ],
    ids=["alone", "though vision sees", "over", "vision still blind", "nobody knows"],
)
def test_what_a_camera_says_of_its_own_sight(
    told: tuple[ToldSight, ...], sights: tuple[Sight, ...], sign: Sign, since: datetime | None
) -> None:
    camera = a_camera(StreamState.LIVE, StreamState.LIVE)
    verdict = CameraBlind().judge(replace(camera, told=told, sights=sights), NOON)
    assert (verdict.sign, verdict.since) == (sign, since)
    if told and told[0].blind:
        named = {"sight": "covered", "told_by": "camera", "source": "vs0"}
        assert verdict.details == named


def test_silence_from_before_our_start_is_not_held_against_a_camera() -> None:
    facts = CameraFacts(
        PLACE,
        ((StreamKind.SUB, StreamReading(StreamState.CONNECTING, LONG_AGO)),),
        node_seen_at=LONG_AGO,
        watched_since=NOON,
    )
    verdict = CameraSilent().judge(facts, NOON + 9 * SECOND)
    assert verdict.sign is Sign.FIRING
    assert verdict.since is not None
    assert verdict.since + verdict.hold == NOON + 10 * SECOND


def test_a_camera_without_streams_is_unknown() -> None:
    facts = CameraFacts(PLACE, (), None, NOON)
    assert CameraSilent().judge(facts, NOON).sign is Sign.UNKNOWN


def test_rule_names_are_unique() -> None:
    names = [rule.name for rules in RULES.values() for rule in rules]
    assert len(set(names)) == len(names)


def test_somebody_in_a_restricted_area_is_told_after_five_seconds() -> None:
    taken = AreaEntered().judge(AreaFacts(PLACE, TAKEN), NOON)
    assert (taken.sign, taken.hold, taken.details) == (Sign.FIRING, 5 * SECOND, {"people": 1})
    assert AreaEntered().judge(AreaFacts(PLACE, EMPTY), NOON).sign is Sign.CLEAR
    assert AreaEntered().judge(AreaFacts(PLACE, None), NOON).sign is Sign.UNKNOWN


@pytest.mark.parametrize(
    ("people", "sign"),
    [(31, Sign.FIRING), (30, Sign.BETWEEN), (28, Sign.BETWEEN), (27, Sign.CLEAR)],
)
def test_a_hall_against_its_limit(people: int, sign: Sign) -> None:
    facts = HallFacts(PLACE, 30, 60 * SECOND, Reading(ZoneState.OCCUPIED, people, NOON))
    assert HallCrowded().judge(facts, NOON).sign is sign


@pytest.mark.parametrize(
    ("readings", "hours", "sign"),
    [
        ((TAKEN, EMPTY), CLOSED, Sign.FIRING),
        ((TAKEN,), OPEN, Sign.CLEAR),
        ((EMPTY,), CLOSED, Sign.CLEAR),
        ((), CLOSED, Sign.UNKNOWN),
        ((TAKEN,), replace(CLOSED, since=NOON - 60 * SECOND), Sign.BETWEEN),
    ],
    ids=["somebody", "open", "nobody", "not seen", "closed a minute ago"],
)
def test_people_in_a_closed_office(readings: tuple[Reading, ...], hours: Span, sign: Sign) -> None:
    facts = ClosedOfficeFacts(PLACE, readings, hours)
    assert PeopleAfterHours().judge(facts, NOON).sign is sign
