"""Which picture an instant means: by tables, and by the plain definition over random recordings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.media.seek_plan import (
    Hole,
    Pick,
    Spot,
    choose,
    last_shown,
    locate,
    next_spot,
    spots_of,
)
from ingest.recordings.samples import Picture
from ingest.recordings.stored_file import unix_ms
from tests.ingest.media.footage import START
from tests.ingest.media.test_playlist import a_file

ZERO = unix_ms(START)
# seconds 0-4 in two files, nothing for 6 s, seconds 10-12
FILES = (a_file(1, 0, [1000] * 2), a_file(2, 2000, [1000] * 2), a_file(3, 10_000, [1000] * 2))
SPOTS = spots_of(FILES)


def starts_s(found: list[Spot] | Hole) -> list[float] | tuple[float | None, float | None]:
    if isinstance(found, Hole):
        ends = (found.from_ms, found.to_ms)
        return tuple(None if ms is None else (ms - ZERO) / 1000 for ms in ends)  # type: ignore[return-value]
    return [(spot.gop.at_ms - ZERO) / 1000 for spot in found]


@pytest.mark.parametrize(
    ("at_s", "pick", "expected"),
    [
        (0, Pick.FIRST, [0, 1]),
        (0.5, Pick.FIRST, [0, 1]),
        (1.999, Pick.FIRST, [2, 3]),  # the index may have rounded the start down
        (1.9, Pick.FIRST, [1, 2]),  # into the next file
        (3.5, Pick.FIRST, [3]),  # a hole follows: its last picture is the nearest
        (4, Pick.FIRST, (4, 10)),
        (7, Pick.FIRST, (4, 10)),
        (10, Pick.FIRST, [10, 11]),
        (12, Pick.FIRST, (12, None)),
        (-5, Pick.FIRST, (None, 0)),
        (7, Pick.NEAREST, (4, 10)),
        (3.9, Pick.AFTER, [3, 10]),  # a step leads over the hole
        (10, Pick.BEFORE, [10, 3]),
        (0, Pick.BEFORE, [0]),
        (-5, Pick.BEFORE, (None, 0)),
        (-5, Pick.AFTER, [0]),
    ],
)
def test_where_to_look(
    at_s: float, pick: Pick, expected: list[float] | tuple[float | None, float | None]
) -> None:
    assert starts_s(locate(SPOTS, ZERO + round(at_s * 1000), pick)) == expected


@pytest.mark.parametrize(
    ("at_s", "expected"),
    [(0, 0), (0.999, 1), (0.99, 0), (3.99, 3), (4, (4, 10)), (9.8, 10), (12, (12, None))],
)
def test_which_gop_plays(at_s: float, expected: object) -> None:
    found = next_spot(SPOTS, ZERO + round(at_s * 1000))
    shown = starts_s([found]) if isinstance(found, Spot) else starts_s(found)
    assert shown == ([expected] if isinstance(expected, int) else expected)


def test_nothing_recorded_is_one_hole() -> None:
    for pick in Pick:
        assert locate([], ZERO, pick) == Hole(None, None)
    assert next_spot([], ZERO) == Hole(None, None)


def gop(shown: list[int]) -> list[Picture]:
    return [Picture(n, at, n == 0, 0, 1) for n, at in enumerate(shown)]


B_FRAMES = gop([0, 18_000, 9_000, 36_000, 27_000])  # in decoding order


@pytest.mark.parametrize(
    ("at", "pick", "index"),
    [
        (0, Pick.FIRST, 0),
        (9_000, Pick.FIRST, 2),
        (9_100, Pick.FIRST, 2),  # the same picture: what is asked is rounded to a millisecond
        (9_900, Pick.FIRST, 1),
        (36_001, Pick.FIRST, 3),
        (37_000, Pick.FIRST, None),
        (9_000, Pick.AFTER, 1),
        (36_000, Pick.AFTER, None),
        (27_000, Pick.BEFORE, 1),
        (0, Pick.BEFORE, None),
        (13_400, Pick.NEAREST, 2),
        (13_600, Pick.NEAREST, 1),
        (99_000, Pick.NEAREST, 3),
    ],
)
def test_which_picture(at: int, pick: Pick, index: int | None) -> None:
    assert choose(B_FRAMES, at, pick) == index
    assert last_shown(B_FRAMES) == 3


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=40),
    st.integers(-200, 2600),
    st.sampled_from(Pick),
)
def test_the_picture_is_the_nearest_of_its_kind(gaps_ms: list[int], at_ms: int, pick: Pick) -> None:
    shown, at = [], 0
    for gap_ms in gaps_ms:
        shown.append(at)
        at += gap_ms * 90 + 270  # pictures are at least 4 ms apart
    found = choose(gop(shown), at_ms * 90, pick)
    if pick is Pick.NEAREST:
        assert found is not None
        distances = [abs(one - at_ms * 90) for one in shown]
        assert distances[found] == min(distances)
        return
    near = [abs(one - at_ms * 90) <= 135 for one in shown]
    if pick is Pick.BEFORE:
        fits = [n for n, one in enumerate(shown) if one < at_ms * 90 and not near[n]]
        assert found == (fits[-1] if fits else None)
    else:
        include_near = pick is Pick.FIRST
        fits = [
            n
            for n, one in enumerate(shown)
            if (near[n] and include_near) or (one > at_ms * 90 and not near[n])
        ]
        assert found == (fits[0] if fits else None)
