from datetime import timedelta
from pathlib import Path

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.feed import Feed
from models.kit.ids import new_id
from models.observations import StreamKind, StreamState
from tests.builders import NOON
from tests.ingest.encoded import assembled, coded


class Heard:
    def __init__(self) -> None:
        self.parameters: list[StreamParameters] = []
        self.units: list[AccessUnit] = []
        self.states: list[tuple[StreamState, str]] = []

    def on_parameters(self, parameters: StreamParameters) -> None:
        self.parameters.append(parameters)

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def on_state(self, state: StreamState, since: object, detail: str) -> None:
        self.states.append((state, detail))


def a_feed() -> Feed:
    return Feed(new_id(), StreamKind.SUB, NOON)


def test_gop_holds_what_came_since_the_last_key(tmp_path: Path) -> None:
    feed = a_feed()
    for parameters, unit in assembled(coded(tmp_path)[:25]):
        if parameters is not None:
            feed.publish_parameters(parameters)
        feed.publish(unit)
    assert [unit.sequence for unit in feed.gop] == [21, 22, 23, 24, 25]
    assert feed.gop[0].key


def test_sinks_hear_until_they_leave(tmp_path: Path) -> None:
    feed, heard = a_feed(), Heard()
    feed.subscribe(heard)
    units = [unit for _, unit in assembled(coded(tmp_path)[:3])]
    feed.publish(units[0])
    feed.unsubscribe(heard)
    feed.publish(units[1])
    assert heard.units == units[:1]


def test_a_sink_may_leave_while_it_is_called(tmp_path: Path) -> None:
    feed, heard = a_feed(), Heard()

    class Leaver(Heard):
        def on_access_unit(self, unit: AccessUnit) -> None:
            super().on_access_unit(unit)
            feed.unsubscribe(self)

    leaver = Leaver()
    feed.subscribe(leaver)
    feed.subscribe(heard)
    for _, unit in assembled(coded(tmp_path)[:2]):
        feed.publish(unit)
    assert (len(leaver.units), len(heard.units)) == (1, 2)


def test_the_same_state_is_told_once_and_keeps_its_beginning() -> None:
    feed, heard = a_feed(), Heard()
    feed.subscribe(heard)
    feed.enter(StreamState.DOWN, NOON, "refused")
    feed.enter(StreamState.DOWN, NOON + timedelta(seconds=5), "refused")
    feed.enter(StreamState.DOWN, NOON + timedelta(seconds=9), "404")
    assert heard.states == [(StreamState.DOWN, "refused"), (StreamState.DOWN, "404")]
    assert feed.state_since == NOON
