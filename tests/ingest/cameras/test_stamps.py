import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.stamps import Stamp, fill

F = 9_000


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        # What FFmpeg says of an H.264 camera without B-frames: no dts until the fifth picture.
        (
            [(None, None), (None, F), (None, 2 * F), (3 * F, 3 * F)],
            [(0, 0), (F, F), (2 * F, 2 * F), (3 * F, 3 * F)],
        ),
        # … with B-frames: the key picture is shown first and sent before all others.
        (
            [(None, None), (None, 3 * F), (None, F), (F, 2 * F)],
            [(-2 * F, 0), (-F, 3 * F), (0, F), (F, 2 * F)],
        ),
        ([(5, 5)], [(5, 5)]),
        ([(None, None)], [(0, 0)]),
        ([(None, None), (None, None)], [(-3_600, -3_600), (0, 0)]),
    ],
)
def test_first_pictures_get_their_times(
    stamps: list[Stamp], expected: list[tuple[int, int]]
) -> None:
    assert fill(stamps) == expected


_TIME = st.none() | st.integers(-(2**33), 2**33)


@given(st.lists(st.tuples(st.none(), _TIME), max_size=19), st.tuples(_TIME, _TIME))
def test_any_beginning_has_times(leading: list[Stamp], last: Stamp) -> None:
    assert len(fill([*leading, last])) == len(leading) + 1
