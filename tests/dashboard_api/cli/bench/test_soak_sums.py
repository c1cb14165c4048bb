"""A soak's sums: a slope with its error, and how far lags moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard_api.cli.bench.soak_sums import LIVE, figures, growth, shift_ms


@given(st.floats(-1e6, 1e6), st.floats(-100, 100), st.integers(3, 60))
def test_a_straight_line_is_found_without_error(start: float, per_s: float, count: int) -> None:
    found = growth([(at, start + per_s * at) for at in range(count)])
    assert found.per_hour == pytest.approx(per_s * 3600, abs=1e-3, rel=1e-6)
    assert found.error == pytest.approx(0, abs=1)


def test_noise_has_an_error_that_says_so() -> None:
    found = growth([(at, 10.0 * (at % 2)) for at in range(20)])
    assert abs(found.per_hour) < 2 * found.error


@pytest.mark.parametrize("samples", [[], [(0, 1)], [(0, 1), (1, 2)], [(5, 1), (5, 2), (5, 3)]])
def test_what_has_no_slope_is_refused(samples: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="three samples"):
        growth(samples)


def test_figures_of_a_metrics_page() -> None:
    page = (
        "# HELP process_open_fds x\n# TYPE process_open_fds gauge\nprocess_open_fds 42.0\n"
        'ahual_camera_live{camera="a b",kind="sub"} 1.0\n'
        'ahual_camera_live{camera="c",kind="sub"} 0.0\n'
        'ahual_stream_states_total{state="live"} 9.0\n'
    )
    assert figures(page) == {"process_open_fds": 42.0, LIVE: 1.0}


def test_the_worst_shift_counts_and_only_of_cameras_seen_twice() -> None:
    assert shift_ms({1: 0.5, 2: 0.1, 3: 9.0}, {1: 0.52, 2: 0.05}) == pytest.approx(50)
    with pytest.raises(ValueError, match="both times"):
        shift_ms({1: 0.5}, {2: 0.5})
