from datetime import date, time, timedelta
from uuid import UUID

import pytest

from alerts.facts import (
    CameraFacts,
    ClosedOfficeFacts,
    NodeFacts,
    OfficeFacts,
    QueueFacts,
    Reading,
    Sight,
    StreamReading,
    VisionFacts,
    WindowFacts,
)
from alerts.outage import CameraLine
from alerts.timetables import PublishedHours, WeeklySpan
from alerts.watchtower import ToClear, ToRaise, Watchtower
from alerts.world import CameraLayout, Layout, WindowLayout, World, ZoneLayout
from models.observations import StreamKind, StreamState, ZoneKind, ZoneState
from tests.builders import NOON

OFFICE, CAMERA, WINDOW = UUID(int=1), UUID(int=2), UUID(int=3)
SEAT, LINE, NO_LIMIT = UUID(int=4), UUID(int=5), UUID(int=6)
SECOND = timedelta(seconds=1)
LAYOUT = Layout(
    cameras={CAMERA: CameraLayout(CAMERA, OFFICE, "node-1")},
    zones={
        SEAT: ZoneLayout(SEAT, ZoneKind.OPERATOR, CAMERA, WINDOW, None, None),
        LINE: ZoneLayout(LINE, ZoneKind.QUEUE, CAMERA, None, 5, 60),
        NO_LIMIT: ZoneLayout(NO_LIMIT, ZoneKind.QUEUE, CAMERA, None, None, None),
    },
    windows={WINDOW: WindowLayout(WINDOW, OFFICE, 3, "hqko", 180)},
    hours={
        OFFICE: PublishedHours(
            "Asia/Almaty",
            tuple(
                WeeklySpan(None, day, time(9), time(18), date(2020, 1, 1)) for day in range(1, 6)
            ),
        )
    },
)
EMPTY = Reading(ZoneState.EMPTY, 0, NOON)
CROWD = Reading(ZoneState.OCCUPIED, 9, NOON)
LIVE = StreamReading(StreamState.LIVE, NOON)


def a_world(*, state: StreamState = StreamState.LIVE) -> World:
    world = World(LAYOUT, NOON)
    world.observe(SEAT, EMPTY)
    world.observe(LINE, CROWD)
    world.hear(CAMERA, StreamKind.SUB, StreamReading(state, NOON))
    world.node_seen("node-1", NOON)
    return world


def test_without_vision_nothing_is_known_of_zones() -> None:
    world = a_world()
    world.vision_seen({"vision-1": NOON}, {})
    later = NOON + 16 * SECOND
    world.node_seen("node-1", later)
    *_, queue, window = world.all_facts(later)
    assert isinstance(queue, QueueFacts)
    assert queue.reading is None
    assert isinstance(window, WindowFacts)
    assert window.readings == ()
    world.vision_seen({"vision-1": later}, {})
    *_, queue, window = world.all_facts(later)
    assert isinstance(window, WindowFacts)
    assert window.readings == (EMPTY,)


def test_of_several_vision_processes_the_one_that_looks_counts() -> None:
    world = a_world()
    later = NOON + 16 * SECOND
    world.node_seen("node-1", later)
    world.vision_seen({"vision-1": NOON, "vision-2": later}, {CAMERA: "vision-1"})
    *_, window = world.all_facts(later)
    assert isinstance(window, WindowFacts)
    assert window.readings == ()
    (silent,) = [facts for facts in world.all_facts(later) if isinstance(facts, VisionFacts)]
    assert (silent.place.subject, silent.cameras, silent.seen_at) == ("vision:vision-1", 1, NOON)
    world.vision_seen({"vision-1": NOON, "vision-2": later}, {CAMERA: "vision-2"})
    *_, window = world.all_facts(later)
    assert isinstance(window, WindowFacts)
    assert window.readings == (EMPTY,)
    (taken_over,) = [facts for facts in world.all_facts(later) if isinstance(facts, VisionFacts)]
    assert taken_over.name == "vision-2"


def test_facts_of_everything() -> None:
    node, office, closed, camera, queue, window = a_world().all_facts(NOON)
    assert isinstance(closed, ClosedOfficeFacts)
    assert closed.hours.open
    assert isinstance(node, NodeFacts)
    assert (node.place.subject, node.cameras, node.seen_at) == ("node:node-1/0", 1, NOON)
    assert isinstance(office, OfficeFacts)
    assert office.lines == (CameraLine(live_since=NOON),)
    assert isinstance(camera, CameraFacts)
    assert camera.place.subject == f"camera:{CAMERA}"
    assert isinstance(queue, QueueFacts)
    assert (queue.reading, queue.limit, queue.hold) == (CROWD, 5, 60 * SECOND)
    assert isinstance(window, WindowFacts)
    assert (window.readings, window.hours.open) == ((EMPTY,), True)
    assert window.place.camera_id == CAMERA


@pytest.mark.parametrize(
    "state", [s for s in StreamState if s not in {StreamState.LIVE, StreamState.CONNECTING}]
)
def test_a_silent_camera_knows_nothing_of_its_zones(state: StreamState) -> None:
    *_, queue, window = a_world(state=state).all_facts(NOON)
    assert isinstance(queue, QueueFacts)
    assert isinstance(window, WindowFacts)
    assert (queue.reading, window.readings) == (None, ())


def test_neither_does_one_whose_node_is_gone() -> None:
    world = a_world()
    *_, queue, _ = world.all_facts(NOON + 15 * SECOND)
    assert isinstance(queue, QueueFacts)
    assert queue.reading == CROWD
    *_, queue, _ = world.all_facts(NOON + 16 * SECOND)
    assert isinstance(queue, QueueFacts)
    assert queue.reading is None


def test_unknown_is_no_reading() -> None:
    world = a_world()
    world.observe(SEAT, Reading(ZoneState.UNKNOWN, None, NOON))
    (window,) = world.facts_of_zone(SEAT, NOON)
    assert isinstance(window, WindowFacts)
    assert window.readings == ()


def test_what_is_not_in_the_layout_is_refused() -> None:
    world = a_world()
    assert not world.observe(UUID(int=99), EMPTY)
    assert not world.hear(UUID(int=99), StreamKind.SUB, LIVE)
    assert list(world.facts_of_zone(UUID(int=99), NOON)) == []
    assert list(world.facts_of_camera(UUID(int=99), NOON)) == []


def test_a_camera_touches_all_that_it_sees() -> None:
    kinds = [type(fact) for fact in a_world().facts_of_camera(CAMERA, NOON)]
    assert kinds == [OfficeFacts, CameraFacts, WindowFacts, QueueFacts]


def test_of_a_node_of_two_workers_only_the_camera_s_own_counts() -> None:
    world = a_world()
    for worker in (0, 1):
        world.node_seen("node-1", NOON + worker * SECOND, worker=worker, workers=2)
    camera = next(f for f in world.all_facts(NOON) if isinstance(f, CameraFacts))
    assert camera.node_seen_at == NOON + (CAMERA.int % 2) * SECOND


def test_closing_time_is_noticed_between_two_looks() -> None:
    world, tower = a_world(), Watchtower()
    closing = NOON + timedelta(hours=6)
    world.observe(SEAT, Reading(ZoneState.EMPTY, 0, closing - 300 * SECOND))

    def look(after_s: int) -> list[ToRaise | ToClear]:
        at = closing + after_s * SECOND
        world.node_seen("node-1", at)
        return tower.look(world.facts_of_zone(SEAT, at), at)

    assert [type(decision) for decision in look(-1)] == [ToRaise]
    assert [type(decision) for decision in look(0)] == [ToClear]
    assert look(3600) == []


def test_a_subject_that_is_gone_clears_and_is_forgotten() -> None:
    tower = Watchtower()
    tower.resume("queue_too_long", f"zone:{LINE}", NOON)
    tower.resume("camera_silent", "camera:gone", NOON)
    world = a_world()
    (cleared,) = tower.look_at_all(world.all_facts(NOON), NOON)
    assert isinstance(cleared, ToClear)
    assert cleared.subject == "camera:gone"
    assert tower.look_at_all(world.all_facts(NOON), NOON) == []


def test_a_dismissal_of_what_nobody_watches_changes_nothing() -> None:
    tower = Watchtower()
    tower.dismiss("queue_too_long", "zone:gone", NOON)
    assert tower.look_at_all([], NOON) == []


def test_a_dark_picture_is_a_sight_and_no_picture_is_none() -> None:
    world = a_world()
    for zone, sight in ((SEAT, "dark"), (LINE, None)):
        world.observe(zone, Reading(ZoneState.UNKNOWN, None, NOON, sight))
    camera = next(f for f in world.all_facts(NOON) if isinstance(f, CameraFacts))
    assert camera.sights == (Sight("dark", NOON),)


@pytest.mark.parametrize(
    ("main", "sub", "line"),
    [
        (StreamState.LIVE, StreamState.LIVE, CameraLine(live_since=NOON)),
        (StreamState.DOWN, StreamState.STALLED, CameraLine(silent_since=NOON)),
        (StreamState.DOWN, StreamState.LIVE, CameraLine(live_since=NOON)),
        (StreamState.AUTH_FAILED, StreamState.AUTH_FAILED, CameraLine()),
        (StreamState.DOWN, StreamState.UNSUPPORTED, CameraLine()),
    ],
)
def test_what_the_streams_say_of_the_line(
    main: StreamState, sub: StreamState, line: CameraLine
) -> None:
    world = a_world(state=sub)
    world.hear(CAMERA, StreamKind.MAIN, StreamReading(main, NOON))
    office = next(f for f in world.all_facts(NOON) if isinstance(f, OfficeFacts))
    assert office.lines == (line,)
    office = next(f for f in world.all_facts(NOON + 16 * SECOND) if isinstance(f, OfficeFacts))
    assert office.lines == ()  # its node is silent, so nothing is known of the line
