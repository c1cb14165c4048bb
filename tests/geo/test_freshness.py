"""How old a position may be before the map says so."""

from datetime import UTC, datetime, timedelta

import pytest

from geo.freshness import Freshness, freshness

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age_s", "interval_s", "expected"),
    [
        (0, 30, Freshness.ONLINE),
        (90, 30, Freshness.ONLINE),
        (91, 30, Freshness.STALE),
        (60, 5, Freshness.ONLINE),
        (61, 5, Freshness.STALE),
        (15 * 60, 30, Freshness.STALE),
        (15 * 60 + 1, 30, Freshness.LOST),
        (1800, 600, Freshness.ONLINE),
        (1801, 600, Freshness.LOST),
        (-3600, 30, Freshness.ONLINE),
    ],
)
def test_freshness(age_s: float, interval_s: float, expected: Freshness) -> None:
    fixed_at = NOW - timedelta(seconds=age_s)
    assert freshness(fixed_at, fixed_at, interval_s, NOW) is expected


def test_never() -> None:
    assert freshness(None, None, 30, NOW) is Freshness.NEVER


def test_a_buffered_fix_is_as_old_as_its_fix() -> None:
    assert freshness(NOW - timedelta(hours=1), NOW, 30, NOW) is Freshness.LOST


def test_a_device_clock_that_runs_ahead_does_not_keep_a_van_online() -> None:
    received_at = NOW - timedelta(minutes=20)
    assert freshness(NOW, received_at, 30, NOW) is Freshness.LOST
