"""Joining spans of recordings."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashboard_api.spans import merged
from tests.builders import NOON


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 50)), max_size=30))
def test_merged_spans_cover_the_same_and_do_not_touch(raw: list[tuple[int, int]]) -> None:
    def at(second: int) -> datetime:
        return NOON + timedelta(seconds=second)

    spans = sorted((at(start), at(start + length)) for start, length in raw)
    joined = merged(spans)
    assert all(later[0] > before[1] for before, later in pairwise(joined))
    assert all(any(a <= start and end <= b for a, b in joined) for start, end in spans)
    assert {a for a, _ in joined} <= {start for start, _ in spans}
