import pytest

from alerts import lifecycle
from alerts.lifecycle import AlertStatus
from models.kit.errors import Conflict
from models.observations import AlertState

S = AlertState


@pytest.mark.parametrize(
    ("state", "rule", "expected", "lines"),
    [
        (S.OPEN, "window_unstaffed", S.RESOLVED, ("cleared", "resolved")),
        (S.OPEN, "queue_too_long", S.RESOLVED, ("cleared", "resolved")),
        (S.OPEN, "camera_silent", S.RESOLVED, ("cleared", "resolved")),
        (S.OPEN, "complaint_received", S.OPEN, ("cleared",)),
        (S.ACKNOWLEDGED, "complaint_received", S.RESOLVED, ("cleared", "resolved")),
    ],
)
def test_clearing(
    state: AlertState, rule: str, expected: AlertState, lines: tuple[str, ...]
) -> None:
    step = lifecycle.clear(AlertStatus(state, active=True), rule=rule)
    assert step.status == AlertStatus(expected, active=False)
    assert step.lines == lines


@pytest.mark.parametrize(
    "status", [AlertStatus(S.RESOLVED, active=True), AlertStatus(S.OPEN, active=False)]
)
def test_clearing_twice_says_nothing(status: AlertStatus) -> None:
    step = lifecycle.clear(status, rule="complaint_received")
    assert (step.status, step.lines) == (status, ())


def test_acknowledging() -> None:
    step = lifecycle.acknowledge(AlertStatus(S.OPEN, active=True))
    assert step.status == AlertStatus(S.ACKNOWLEDGED, active=True)
    assert lifecycle.acknowledge(step.status).lines == ()


def test_a_person_resolves_open_and_acknowledged() -> None:
    for state in (S.OPEN, S.ACKNOWLEDGED):
        step = lifecycle.resolve(AlertStatus(state, active=True))
        assert step.status == AlertStatus(S.RESOLVED, active=True)


@pytest.mark.parametrize("active", [True, False])
def test_what_is_resolved_stays_so(active: bool) -> None:
    done = AlertStatus(S.RESOLVED, active)
    with pytest.raises(Conflict):
        lifecycle.acknowledge(done)
    with pytest.raises(Conflict):
        lifecycle.resolve(done)
