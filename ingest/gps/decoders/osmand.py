"""OsmAnd HTTP: query string, form, and the JSON of the newer Traccar Client; pure.

Speed is in knots in a query or form and in m/s in JSON. A field that a position can do without
(altitude, battery, …) is ignored when it is not a number: phones answer a refusal by sending the
same position for ever. What a phone learns of its van (ignition, supply) the newer client sends
among the extras of a location.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
    coordinates,
    identifier,
    moment,
)
from models.observations import PositionFix

PROTOCOL = "osmand"
KNOT_KM_H = 1.852
M_S_KM_H = 3.6
_FIELDS_LIMIT = 200
_ON_OFF = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


@dataclass(frozen=True, slots=True)
class OsmandSession:
    """Nothing: every request stands for itself."""

    device: str | None = None


def feed(
    session: OsmandSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[OsmandSession, list[DeviceMessage]]:
    """Decode a request as it was kept raw: the query, and after a line's end the body."""
    del strict  # HTTP has no checksum
    query, _, body = received.partition(b"\n")
    text = query.decode("utf-8", "surrogateescape")
    return session, [decode(text, body, "", received_at)]


def decode(query: str, body: bytes, content_type: str, received_at: datetime) -> DeviceMessage:
    """Decode one HTTP request; never raises, whatever came.

    Args:
        query: the part of the address after ``?``.
        body: empty, a form, or JSON.
        content_type: of the body.
        received_at: stands in where the device sends no time.
    """
    raw = query.encode("utf-8", "surrogateescape") + (b"\n" + body if body else b"")
    device: str | None = None
    rejections: tuple[Rejection, ...]
    try:
        if "json" in content_type.lower() or body.lstrip()[:1] in (b"{", b"["):
            payload = _json_object(body)
            device = identifier(_text(payload.get("device_id")))
            fixes, rejections = _json_fixes(payload, device, received_at)
        else:
            fields = _fields(query, body)
            device = identifier(fields.get("id", fields.get("deviceid", "")))
            fixes, rejections = (_query_fix(fields, device, received_at),), ()
    except Rejected as rejected:
        return DeviceMessage(raw, device, rejections=(rejected.rejection,))
    return DeviceMessage(raw, device, fixes, rejections)


def _fields(query: str, body: bytes) -> dict[str, str]:
    together = "&".join(part for part in (query, body.decode("utf-8", "replace").strip()) if part)
    try:
        parsed = parse_qs(together, keep_blank_values=True, max_num_fields=_FIELDS_LIMIT)
    except ValueError:
        detail = f"Send at most {_FIELDS_LIMIT} fields."
        raise Rejected(RejectionReason.MALFORMED, detail) from None
    return {name.lower(): values[-1] for name, values in parsed.items()}


def _query_fix(fields: Mapping[str, str], device: str, received_at: datetime) -> PositionFix:
    latitude_text, longitude_text = fields.get("lat"), fields.get("lon")
    if "location" in fields and latitude_text is None:
        latitude_text, _, longitude_text = fields["location"].partition(",")
    if not latitude_text or not longitude_text:
        raise Rejected(RejectionReason.NO_POSITION, "Send lat and lon, in degrees.")
    latitude, longitude = _number(latitude_text), _number(longitude_text)
    if latitude is None or longitude is None:
        raise Rejected(RejectionReason.BAD_COORDINATES, "lat and lon are degrees, e.g. 51.1283.")
    latitude, longitude = coordinates(latitude, longitude)
    speed = _at_least(_number(fields.get("speed")), 0)
    course = fields.get("bearing", fields.get("heading"))
    accuracy = fields.get("accuracy", fields.get("hacc"))
    return PositionFix(
        device=device,
        fixed_at=_time(fields["timestamp"]) if fields.get("timestamp") else received_at,
        latitude=latitude,
        longitude=longitude,
        valid=fields.get("valid", "true").lower() not in ("false", "0"),
        speed_km_h=None if speed is None else speed * KNOT_KM_H,
        course_deg=_course(_number(course)),
        altitude_m=_number(fields.get("altitude")),
        accuracy_m=_at_least(_number(accuracy), 0),
        hdop=_at_least(_number(fields.get("hdop")), 0),
        satellites=_count(_number(fields.get("sat"))),
        battery_percent=_at_least(_number(fields.get("batt")), 0),
        ignition=_on_off(fields.get("ignition")),
        external_power_v=_at_least(_number(fields.get("power")), 0),
    )


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Rejected(RejectionReason.MALFORMED, "The body is not JSON.") from None
    if not isinstance(payload, dict):
        raise Rejected(RejectionReason.MALFORMED, "Send one JSON object.")
    return payload


def _json_fixes(
    payload: Mapping[str, Any], device: str, received_at: datetime
) -> tuple[tuple[PositionFix, ...], tuple[Rejection, ...]]:
    """Return the fixes of a body; a bad location in a batch costs only itself.

    A phone sends a whole body again until it is taken, so one location that can never be read
    would keep all that came with it from the map.
    """
    location = payload.get("location")
    locations = location if isinstance(location, list) else [location]
    if not locations:
        raise Rejected(RejectionReason.NO_POSITION, "Send location.coords.")
    fixes: list[PositionFix] = []
    rejections: list[Rejection] = []
    for one in locations:
        try:
            fixes.append(_json_fix(one, device, received_at))
        except Rejected as rejected:
            rejections.append(rejected.rejection)
    return tuple(fixes), tuple(rejections)


def _json_fix(location: object, device: str, received_at: datetime) -> PositionFix:
    if not isinstance(location, dict) or not isinstance(location.get("coords"), dict):
        raise Rejected(RejectionReason.NO_POSITION, "Send location.coords.")
    coords: Mapping[str, Any] = location["coords"]
    latitude, longitude = _number(coords.get("latitude")), _number(coords.get("longitude"))
    if latitude is None or longitude is None:
        raise Rejected(
            RejectionReason.BAD_COORDINATES, "coords.latitude and coords.longitude are degrees."
        )
    latitude, longitude = coordinates(latitude, longitude)
    battery, extras = location.get("battery"), location.get("extras")
    level = _at_least(_number(battery.get("level") if isinstance(battery, dict) else battery), 0)
    more: Mapping[str, Any] = {**location, **(extras if isinstance(extras, dict) else {})}
    speed = _at_least(_number(coords.get("speed")), 0)
    timestamp = _text(location.get("timestamp"))
    return PositionFix(
        device=device,
        fixed_at=_time(timestamp) if timestamp else received_at,
        latitude=latitude,
        longitude=longitude,
        speed_km_h=None if speed is None else speed * M_S_KM_H,
        course_deg=_course(_number(coords.get("heading"))),
        altitude_m=_number(coords.get("altitude")),
        accuracy_m=_at_least(_number(coords.get("accuracy")), 0),
        battery_percent=None if level is None else min(level * 100, 100.0),
        ignition=_on_off(more.get("ignition")),
        external_power_v=_at_least(_number(more.get("power")), 0),
    )


def _time(text: str) -> datetime:
    number = _number(text)
    if number is not None:
        return moment(number)
    try:
        parsed = datetime.fromisoformat(text.strip())
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Rejected(
            RejectionReason.BAD_TIME, "Send the time as Unix seconds, milliseconds or ISO 8601."
        ) from None


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _number(value: object) -> float | None:
    """Return a finite number or None; numbers beyond a double's exactness are no measurement."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e15 else None


def _at_least(number: float | None, least: float) -> float | None:
    return number if number is not None and number >= least else None


def _course(number: float | None) -> float | None:
    return number % 360 if number is not None and 0 <= number <= 360 else None


def _on_off(value: object) -> bool | None:
    return value if isinstance(value, bool) else _ON_OFF.get(str(value).lower())


def _count(number: float | None) -> int | None:
    return int(number) if number is not None and 0 <= number <= 255 else None
