"""How well cameras are looked at."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from vision.health import Health

A, B = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


def test_rates_and_losses_are_since_the_last_report() -> None:
    health = Health()
    health.keep_only(frozenset({A, B}))
    health.report(100, {})
    for n in range(20):
        health.of(A).looked(NOON, 0.1, broken=n == 3)
    health.of(A).dropped += 2
    found = health.report(110, {A: (1.0, False), B: (10.0, True)})
    assert (found[A].looks_per_s, found[A].dropped, found[A].broken) == (2.0, 2, 1)
    assert found[A].late_s == pytest.approx(0.1)
    assert (found[A].looked_at, found[A].key_interval_s, found[A].whole) == (NOON, 1.0, False)
    assert (found[B].looks_per_s, found[B].looked_at, found[B].late_s) == (0, None, None)
    assert (found[B].key_interval_s, found[B].whole) == (10.0, True)
    again = health.report(120, {})
    assert (again[A].looks_per_s, again[A].dropped, again[A].broken) == (0, 0, 0)


def test_lateness_follows_the_last_looks() -> None:
    health = Health()
    for _ in range(50):
        health.of(A).looked(NOON, 0.1, broken=False)
    for _ in range(50):
        health.of(A).looked(NOON, 1.0, broken=False)
    late_s = health.report(0, {})[A].late_s
    assert late_s == pytest.approx(1.0, abs=0.01)


def test_cameras_that_left_are_forgotten() -> None:
    health = Health()
    health.of(A).looked(NOON, 0.1, broken=False)
    health.keep_only(frozenset({B}))
    assert set(health.report(0, {})) == {B}
