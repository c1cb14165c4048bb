"""Which movements are alarms, and how loud they are."""

import pytest

from alerts.facts import Place, VanFacts, VanMove
from alerts.lifecycle import SELF_RESOLVING
from alerts.rules.base import Sign
from alerts.rules.van_moves import KINDS, VAN_RULES
from geo.judgement.facts import MovementKind
from models.observations import Severity
from tests.builders import NOON

PLACE = Place("vehicle:1", None)


@pytest.mark.parametrize(
    ("kind", "critical", "fires"),
    [
        ("off_route", False, {"van_off_route": Severity.WARNING}),
        ("off_route", True, {"van_far_off_route": Severity.CRITICAL}),
        ("wrong_way", False, {"van_wrong_way": Severity.WARNING}),
        ("skipped", False, {"van_stop_skipped": Severity.WARNING}),
        ("late", False, {"van_late": Severity.INFO}),
        ("early", False, {"van_left_early": Severity.WARNING}),
        ("unplanned_stop", False, {"van_unplanned_stop": Severity.WARNING}),
        ("no_progress", False, {"van_no_progress": Severity.INFO}),
        ("lost", False, {"van_lost": Severity.WARNING}),
        ("dead_zone", False, {"van_in_dead_zone": Severity.INFO}),
        ("overspeed", False, {"van_overspeed": Severity.WARNING}),
        ("unauthorised", False, {"van_unauthorised": Severity.CRITICAL}),
        ("power_lost", False, {"van_power_lost": Severity.CRITICAL}),
        ("fence_left", False, {"van_fence": Severity.WARNING}),
        ("fence_entered", False, {"van_fence": Severity.WARNING}),
        ("arrived", False, {}),
    ],
)
def test_each_movement_has_its_alarm(kind: str, critical: bool, fires: dict[str, Severity]) -> None:
    facts = VanFacts(PLACE, (VanMove(kind, NOON, critical, {"plate": "001"}),))
    told = {rule.name: rule.judge(facts, NOON) for rule in VAN_RULES}
    assert {name for name, said in told.items() if said.sign is Sign.FIRING} == set(fires)
    for rule in VAN_RULES:
        if rule.name in fires:
            assert rule.severity is fires[rule.name]
            assert told[rule.name].since == NOON
            assert told[rule.name].details == {"plate": "001"}


def test_a_van_that_does_nothing_is_clear() -> None:
    assert {rule.judge(VanFacts(PLACE), NOON).sign for rule in VAN_RULES} == {Sign.CLEAR}


def test_every_alarm_ends_by_itself_and_every_loud_kind_is_followed() -> None:
    assert {rule.name for rule in VAN_RULES} <= SELF_RESOLVING
    assert {MovementKind.OFF_ROUTE, MovementKind.LOST, MovementKind.FENCE_LEFT} <= KINDS
    assert MovementKind.ARRIVED not in KINDS
