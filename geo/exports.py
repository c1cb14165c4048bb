"""Tracks for other programs: GPX 1.1. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from itertools import pairwise
from xml.sax.saxutils import escape

from geo.repository import TrackPoint

GAP = timedelta(minutes=5)  # a longer silence begins a new segment: nobody knows the way between
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Ahual" xmlns="http://www.topografix.com/GPX/1/1">\n'
)


def gpx(name: str, points: Sequence[TrackPoint]) -> str:
    """Return a document with one track; each gap in the fixes begins a new segment."""
    return "".join(_lines(name, points))


def _lines(name: str, points: Sequence[TrackPoint]) -> Iterator[str]:
    yield f"{_HEAD}<trk><name>{escape(name)}</name>\n"
    for segment in segments(points):
        yield "<trkseg>\n"
        for point in segment:
            at = point.fixed_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
            place = f'lat="{point.latitude:.7f}" lon="{point.longitude:.7f}"'
            yield f"<trkpt {place}><time>{at}</time></trkpt>\n"
        yield "</trkseg>\n"
    yield "</trk>\n</gpx>\n"


def segments(points: Sequence[TrackPoint]) -> list[list[TrackPoint]]:
    """Split a track where the fixes have a gap."""
    if not points:
        return []
    found = [[points[0]]]
    for before, after in pairwise(points):
        if after.fixed_at - before.fixed_at > GAP:
            found.append([])
        found[-1].append(after)
    return found
