"""Lines as judging reads them: few points, the same way."""

import random

from geo.judging.plans import thinned
from ingest.gps.geodesy import offset
from tests.geo.judgement.drives import way


def test_a_thinned_line_keeps_its_progress_and_its_way() -> None:
    chance = random.Random(4)
    points = [
        offset(*point, north_m=chance.uniform(-1, 1), east_m=chance.uniform(-1, 1))
        for a, b in zip(way(4).points, way(4).points[1:], strict=False)
        for point in (a, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
    ]
    line = thinned(points)
    assert len(line.along_m) < len(points) * 0.7
    true = 0.0
    for place in points[: len(points) // 2 : len(points) // 60]:  # until the line turns back
        match = line.near(place, true, 20_000.0, None)
        assert match.off_m <= 6.0
        assert match.along_m >= true - 10
        true = match.along_m
    assert line.anywhere(points[-1], line.length_m, None).along_m >= line.length_m - 10
