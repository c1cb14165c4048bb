"""Routes from files: GeoJSON, GPX, or a CSV of villages; pure.

Whatever cannot be meant is refused with where it is and what to do.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from geo.plans.days import BACK_KM_H
from geo.plans.lines import LatLon, along_m, place_on
from models.kit.errors import InvalidInput

LONGEST_TEXT = 1_000_000
MOST_POINTS = 50_000
MOST_STOPS = 200
STAY_S = 3600
STRAIGHT_CORRIDOR_M = 1000.0  # between villages in straight lines the road may be anywhere
IMPORTED_CORRIDOR_M = 300.0
_KAZAKHSTAN = (40.0, 56.0, 46.0, 88.0)  # south, north, west, east
_COLUMNS = {
    "name": ("name", "village", "ауыл", "атауы", "елді мекен", "село", "название", "пункт"),
    "name_kk": ("name_kk", "kk", "қазақша"),
    "name_ru": ("name_ru", "ru", "по-русски"),
    "name_en": ("name_en", "en"),
    "latitude": ("latitude", "lat", "ендік", "широта"),
    "longitude": ("longitude", "lon", "lng", "long", "бойлық", "долгота"),
    "arrive_min": ("arrive_min", "arrival_min", "келу_мин", "прибытие_мин"),
    "stay_min": ("stay_min", "тұру_мин", "стоянка_мин"),
}


@dataclass(frozen=True, slots=True)
class ReadStop:
    """A place to stop at; times are guesses where the file has none."""

    name: dict[str, str]
    latitude: float
    longitude: float
    arrive_after_s: int
    stay_s: int


@dataclass(frozen=True, slots=True)
class ReadRoute:
    """A route as a file tells it; ``remarks`` are codes of what a person should look at."""

    name: str
    line: list[LatLon]
    stops: list[ReadStop]
    corridor_m: float
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Place:
    name: dict[str, str]
    at: LatLon
    arrive_s: int | None = None
    stay_s: int | None = None


def read_route(text: str) -> ReadRoute:
    """Return the route in a file's text, whichever of the three formats it is.

    Raises:
        InvalidInput: it is none of them, or a part of it cannot be meant.
    """
    body = text.lstrip("\ufeff \t\r\n")
    if not body:
        raise InvalidInput("The file is empty; choose a GeoJSON, GPX or CSV file", field="text")
    if len(body) > LONGEST_TEXT:
        raise InvalidInput("The file is larger than 1 MB; simplify the line first", field="text")
    if body[0] in "{[":
        name, lines, places = _geojson(body)
    elif body[0] == "<":
        name, lines, places = _gpx(body)
    else:
        name, lines, places = _villages(body)
    return _assembled(name, lines, places)


def _assembled(name: str, lines: list[list[LatLon]], places: list[_Place]) -> ReadRoute:
    remarks = []
    line = [point for part in lines for point in part]
    corridor_m = IMPORTED_CORRIDOR_M
    if len(lines) > 1:
        remarks.append("lines_joined")
    if not line:
        line = [place.at for place in places]
        corridor_m = STRAIGHT_CORRIDOR_M
        remarks.append("straight_lines")
    if len(set(line)) < 2:
        raise InvalidInput(
            "A route needs a line, or at least two villages at different places", field="text"
        )
    if len(line) > MOST_POINTS or len(places) > MOST_STOPS:
        raise InvalidInput(
            f"At most {MOST_POINTS} points and {MOST_STOPS} stops make a route; split the file",
            field="text",
        )
    south, north, west, east = _KAZAKHSTAN
    if not all(south <= lat <= north and west <= lon <= east for lat, lon in line):
        if all(south <= lon <= north and west <= lat <= east for lat, lon in line):
            raise InvalidInput(
                "Latitude and longitude seem to be exchanged; exchange them in the file",
                field="text",
            )
        remarks.append("outside_kazakhstan")
    if any(place.arrive_s is None for place in places):
        remarks.append("times_guessed")
    return ReadRoute(name[:200], line, _timed(line, places), corridor_m, remarks)


def _timed(line: Sequence[LatLon], places: Sequence[_Place]) -> list[ReadStop]:
    """Return the stops; where no time is given, the van drives at BACK_KM_H and stays an hour."""
    metres = along_m(line)
    stops = []
    at_m, free_s = 0.0, 0
    for place in places:
        there_m = max(place_on(line, metres, place.at, at_m)[0], at_m)
        drive_s = math.ceil((there_m - at_m) / (BACK_KM_H / 3.6) / 60) * 60
        arrive_s = free_s + drive_s if place.arrive_s is None else place.arrive_s
        stay_s = place.stay_s or STAY_S
        stops.append(ReadStop(place.name, *place.at, arrive_s, stay_s))
        at_m, free_s = there_m, arrive_s + stay_s
    return stops


def _names(known: Mapping[str, Any], otherwise: str) -> dict[str, str]:
    plain = str(known.get("name") or otherwise).strip()[:200] or otherwise
    return {
        language: str(known.get(f"name_{language}") or plain).strip()[:200]
        for language in ("kk", "ru", "en")
    }


def _at(latitude: Any, longitude: Any, where: str) -> LatLon:
    try:
        at = (float(latitude), float(longitude))
    except (TypeError, ValueError):
        raise InvalidInput(
            f"{where}: latitude and longitude must be numbers such as 43.355", field="text"
        ) from None
    if not (math.isfinite(at[0]) and abs(at[0]) <= 90 and abs(at[1]) <= 180):
        raise InvalidInput(
            f"{where}: {at[0]:g}, {at[1]:g} is no place on Earth; give degrees, latitude within "
            "±90 and longitude within ±180",
            field="text",
        )
    return at


# GeoJSON


def _geojson(text: str) -> tuple[str, list[list[LatLon]], list[_Place]]:
    try:
        root = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"This is no valid JSON ({error}); export it again", field="text"
        ) from None
    lines: list[list[LatLon]] = []
    places: list[_Place] = []
    name = ""
    for geometry, properties in _geometries(root):
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        where = f"{kind} {len(lines) + len(places) + 1}"
        if kind == "LineString":
            lines.append(_corners(coordinates, where))
            name = name or str(properties.get("name") or "")
        elif kind == "MultiLineString" and isinstance(coordinates, list):
            lines += [_corners(part, where) for part in coordinates]
            name = name or str(properties.get("name") or "")
        elif kind == "Point":
            (at,) = _corners([coordinates], where)
            places.append(_Place(_names(properties, f"Stop {len(places) + 1}"), at))
    if not lines and not places:
        raise InvalidInput(
            "This GeoJSON has neither a LineString nor Points; export the line of the route",
            field="text",
        )
    return name, lines, places


def _geometries(node: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    if not isinstance(node, dict):
        raise InvalidInput("GeoJSON must be an object with a type", field="text")
    if node.get("type") == "FeatureCollection":
        features = node.get("features")
        for feature in features if isinstance(features, list) else []:
            yield from _geometries(feature)
    elif node.get("type") == "Feature":
        geometry, properties = node.get("geometry"), node.get("properties")
        if isinstance(geometry, dict):
            yield geometry, properties if isinstance(properties, dict) else {}
    else:
        yield node, {}


def _corners(coordinates: Any, where: str) -> list[LatLon]:
    if not isinstance(coordinates, list):
        raise InvalidInput(f"{where} has no coordinates; export it again", field="text")
    points = []
    for number, corner in enumerate(coordinates, 1):
        if not isinstance(corner, list) or len(corner) < 2:
            raise InvalidInput(
                f"{where}, point {number} is no pair of longitude and latitude", field="text"
            )
        points.append(_at(corner[1], corner[0], f"{where}, point {number}"))
    return points


# GPX


def _gpx(text: str) -> tuple[str, list[list[LatLon]], list[_Place]]:
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise InvalidInput("A GPX file needs no DOCTYPE; remove it", field="text")
    try:
        root = ET.fromstring(text)  # without a DOCTYPE nothing can be expanded
    except ET.ParseError as error:
        raise InvalidInput(
            f"This is no valid GPX ({error}); export it again", field="text"
        ) from None
    lines: list[list[LatLon]] = []
    places: list[_Place] = []
    name = ""
    for element in root.iter():
        tag = _tag(element)
        if tag in ("trkseg", "rte"):
            points = [one for one in element if _tag(one) in ("trkpt", "rtept")]
            if points:
                lines.append([_point(one, f"{tag} point {n}") for n, one in enumerate(points, 1)])
        elif tag == "wpt":
            at = _point(element, f"waypoint {len(places) + 1}")
            called = _text_of(element, "name")
            places.append(_Place(_names({"name": called}, f"Stop {len(places) + 1}"), at))
        if tag in ("trk", "rte", "metadata"):
            name = name or _text_of(element, "name")
    if not lines and not places:
        raise InvalidInput(
            "This GPX has no track, route or waypoint; export the track", field="text"
        )
    return name, lines, places


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text_of(element: ET.Element, tag: str) -> str:
    return next((one.text or "" for one in element if _tag(one) == tag), "").strip()


def _point(element: ET.Element, where: str) -> LatLon:
    return _at(element.get("lat"), element.get("lon"), where)


# CSV of villages


def _villages(text: str) -> tuple[str, list[list[LatLon]], list[_Place]]:
    if "\x00" in text:
        raise InvalidInput("This is no text; choose a GeoJSON, GPX or CSV file", field="text")
    header = text.splitlines()[0]
    delimiter = max(";\t,", key=header.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidInput(f"This is no valid CSV ({error}); save it again", field="text") from None
    columns = _columns(rows[0])
    missing = [name for name in ("latitude", "longitude") if name not in columns]
    if missing or not columns.keys() & {"name", "name_kk", "name_ru"}:
        raise InvalidInput(
            "The first line must name the columns name, latitude and longitude "
            "(also name_kk, name_ru, name_en, arrive_min, stay_min)",
            field="text",
        )
    places = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[at].strip() for name, at in columns.items() if at < len(row)}
        if any(cells.values()):
            places.append(_village(cells, f"Line {number}"))
    return "", [], places


def _columns(header: Sequence[str]) -> dict[str, int]:
    known = {word: name for name, words in _COLUMNS.items() for word in words}
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        name = known.get(title.strip().lower())
        if name is not None:
            found.setdefault(name, at)
    return found


def _village(cells: Mapping[str, str], where: str) -> _Place:
    called = cells.get("name") or cells.get("name_kk") or cells.get("name_ru")
    if not called:
        raise InvalidInput(f"{where}: the village has no name; add it", field="text")
    at = _at(_decimal(cells.get("latitude")), _decimal(cells.get("longitude")), where)
    return _Place(
        _names({**cells, "name": called}, called),
        at,
        _seconds(cells.get("arrive_min"), f"{where}, arrive_min"),
        _seconds(cells.get("stay_min"), f"{where}, stay_min"),
    )


def _decimal(text: str | None) -> str | None:
    return None if text is None else text.replace(",", ".")


def _seconds(text: str | None, where: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text) <= 7 * 1440):
        raise InvalidInput(f"{where}: give whole minutes, for example 90", field="text")
    return int(text) * 60
