"""Routes from files, good and bad."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.plans.reading import read_route
from models.kit.errors import InvalidInput

LINE = {"type": "LineString", "coordinates": [[77.0, 43.0], [77.3, 43.1], [77.5, 43.2, 900]]}
POINT = {"type": "Point", "coordinates": [77.3, 43.1]}


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


GPX = """<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
 <wpt lat="43.1" lon="77.3"><name>Түрген</name></wpt>
 <trk><name>Айналым</name><trkseg>
  <trkpt lat="43.0" lon="77.0"/><trkpt lat="43.1" lon="77.3"/></trkseg>
  <trkseg><trkpt lat="43.1" lon="77.3"/><trkpt lat="43.2" lon="77.5"/></trkseg></trk>
</gpx>"""
CSV = (
    "Название;Широта;Долгота;name_kk;stay_min\nЕсик;43,355;77,452;Есік;90\nТургень;43,40;77,59;;\n"
)


def test_geojson_with_a_line_and_stops() -> None:
    read = read_route(_collection(_feature(LINE, name="Round"), _feature(POINT, name_kk="Есік")))
    assert read.name == "Round"
    assert read.line[2] == (43.2, 77.5)
    (stop,) = read.stops
    assert stop.name == {"kk": "Есік", "ru": "Stop 1", "en": "Stop 1"}
    assert 1500 < stop.arrive_after_s < 2100  # 27 km at 50 km/h
    assert read.remarks == ["times_guessed"]


def test_gpx_with_a_track_of_two_segments() -> None:
    read = read_route(GPX)
    assert (read.name, len(read.line)) == ("Айналым", 4)
    assert read.stops[0].name["kk"] == "Түрген"
    assert "lines_joined" in read.remarks


def test_csv_of_villages_with_decimal_commas() -> None:
    read = read_route("\ufeff" + CSV)
    assert read.line == [(43.355, 77.452), (43.40, 77.59)]
    assert read.stops[0].name == {"kk": "Есік", "ru": "Есик", "en": "Есик"}
    assert read.stops[0].stay_s == 5400
    assert read.stops[1].arrive_after_s > 5400
    assert (read.corridor_m, read.remarks[0]) == (1000.0, "straight_lines")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("{", "no valid JSON"),
        ("[" * 5000, "no valid JSON"),
        ("[1]", "object with a type"),
        (_collection(), "neither a LineString"),
        (json.dumps({"type": "LineString"}), "no coordinates"),
        (json.dumps({"type": "LineString", "coordinates": [[1]]}), "point 1 is no pair"),
        (json.dumps({"type": "LineString", "coordinates": [["a", 2], [3, 4]]}), "must be numbers"),
        (json.dumps({"type": "Point", "coordinates": [77, 143]}), "no place on Earth"),
        (json.dumps(POINT), "two villages"),
        (
            json.dumps({"type": "LineString", "coordinates": [[43.0, 77.0], [43.1, 77.3]]}),
            "exchanged",
        ),
        ("<gpx>", "no valid GPX"),
        ("<gpx/>", "no track, route or waypoint"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><gpx>&a;</gpx>', "no DOCTYPE"),
        ('<gpx><wpt lat="x" lon="77"/></gpx>', "must be numbers"),
        ("hello\n", "first line must name the columns"),
        ("name,latitude,longitude\n,43,77\n", "Line 2: the village has no name"),
        ("name,latitude,longitude\nA,43,77\nB,north,77\n", "Line 3"),
        ("name,latitude,longitude,stay_min\nA,43,77,long\n", "Line 2, stay_min: give whole"),
        ("name,latitude,longitude\nA,NaN,77\nB,43,77\n", "no place on Earth"),
        ("PK\x03\x04\x00\x00", "no text"),
    ],
    ids=lambda value: value[:18].strip() if isinstance(value, str) else None,
)
def test_garbage_is_told_what_to_do(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said.replace("(", r"\(")):
        read_route(text)


def test_places_elsewhere_are_remarked() -> None:
    line = {"type": "LineString", "coordinates": [[2.0, 48.0], [2.1, 48.1]]}
    assert read_route(json.dumps(line)).remarks == ["outside_kazakhstan"]


_SEEDS = (GPX, CSV, _collection(_feature(LINE), _feature(POINT)))


@given(
    st.sampled_from(_SEEDS),
    st.lists(st.tuples(st.integers(0, 600), st.text(max_size=3)), max_size=6),
    st.integers(0, 700),
)
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_read_or_refused(
    text: str, changes: list[tuple[int, str]], end: int
) -> None:
    damaged = text
    for at, put in changes:
        damaged = damaged[:at] + put + damaged[at + 1 :]
    try:
        read = read_route(damaged[:end])
    except InvalidInput:
        return
    assert len(set(read.line)) >= 2
    assert all(abs(latitude) <= 90 for latitude, _ in read.line)
