"""Gives a connection's first pictures the times that FFmpeg could not know yet. Pure."""

import itertools
from collections.abc import Sequence

_ASSUMED_STEP = 3_600  # ticks: 25 pictures a second
_LONGEST_STEP = 10 * 90_000

Stamp = tuple[int | None, int | None]
"""Decoding and presentation time of a picture, 90 kHz ticks; None: not told."""


def fill(stamps: Sequence[Stamp]) -> list[tuple[int, int]]:
    """Return (dts, pts) of the pictures up to the first one that tells its dts, which is last.

    Pictures in their shown order are decoded when they are shown; others at even distances
    before the last. Nothing told at all: all start at 0.
    """
    told = sorted({value for stamp in stamps for value in stamp if value is not None})
    steps = [b - a for a, b in itertools.pairwise(told) if b - a <= _LONGEST_STEP]
    step = min(steps, default=_ASSUMED_STEP)
    shown = [pts for _, pts in stamps if pts is not None]
    last = next((value for value in stamps[-1] if value is not None), 0)
    even = [last - step * back for back in range(len(stamps) - 1, -1, -1)]
    if shown == sorted(shown):
        times = [dts if pts is None else pts for dts, (_, pts) in zip(even, stamps, strict=True)]
        return [(time, time) for time in times]
    first = min(shown) - step  # what is shown before all others is sent before them
    return [
        (dts, (dts if number else first) if pts is None else pts)
        for number, (dts, (_, pts)) in enumerate(zip(even, stamps, strict=True))
    ]
