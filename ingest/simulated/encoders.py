"""What trackers put on the wire: the writing side of ingest/gps/decoders; pure."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from ingest.gps.decoders.crc import crc16_arc
from ingest.gps.decoders.osmand import KNOT_KM_H, M_S_KM_H
from ingest.gps.decoders.teltonika import (
    BATTERY_PERCENT,
    CODECS,
    EXTERNAL_POWER_MV,
    HDOP,
    IGNITION,
)
from models.observations import PositionFix

_NOT_SENT = "NA"


def osmand_query(fix: PositionFix) -> str:
    """Return the query string of one position; speed in knots, time in Unix seconds."""
    fields: dict[str, str] = {
        "id": fix.device,
        "timestamp": f"{fix.fixed_at.timestamp():.3f}".rstrip("0").rstrip("."),
        "lat": f"{fix.latitude:.7f}",
        "lon": f"{fix.longitude:.7f}",
    }
    if fix.speed_km_h is not None:
        fields["speed"] = f"{fix.speed_km_h / KNOT_KM_H:.3f}"
    if fix.course_deg is not None:
        fields["bearing"] = f"{fix.course_deg:.1f}"
    if fix.altitude_m is not None:
        fields["altitude"] = f"{fix.altitude_m:.1f}"
    if fix.accuracy_m is not None:
        fields["accuracy"] = f"{fix.accuracy_m:.1f}"
    if fix.battery_percent is not None:
        fields["batt"] = f"{fix.battery_percent:.0f}"
    if fix.ignition is not None:
        fields["ignition"] = str(fix.ignition).lower()
    if fix.external_power_v is not None:
        fields["power"] = f"{fix.external_power_v:.2f}"
    if not fix.valid:
        fields["valid"] = "false"
    return urlencode(fields)


def osmand_json(fix: PositionFix) -> dict[str, object]:
    """Return the body of the newer Traccar Client; speed in m/s, time in ISO 8601, -1 = unknown."""
    speed = -1.0 if fix.speed_km_h is None else fix.speed_km_h / M_S_KM_H
    coords = {
        "latitude": fix.latitude,
        "longitude": fix.longitude,
        "accuracy": -1.0 if fix.accuracy_m is None else fix.accuracy_m,
        "speed": speed,
        "heading": -1.0 if fix.course_deg is None else fix.course_deg,
        "altitude": fix.altitude_m,
    }
    extras: dict[str, object] = {}
    if fix.ignition is not None:
        extras["ignition"] = fix.ignition
    if fix.external_power_v is not None:
        extras["power"] = fix.external_power_v
    level = -1.0 if fix.battery_percent is None else fix.battery_percent / 100
    location = {
        "timestamp": fix.fixed_at.isoformat(),
        "coords": coords,
        "battery": {"level": level, "is_charging": False},
        "extras": extras,
    }
    return {"device_id": fix.device, "location": location}


def wialon_login(identifier: str, password: str | None = None, *, version: str = "2.0") -> bytes:
    """Return the login line of Wialon IPS 1.1 or 2.0."""
    if version == "1.1":
        return f"#L#{identifier};{password or _NOT_SENT}\r\n".encode()
    return _closed("L", f"{version};{identifier};{password or _NOT_SENT};")


def wialon_short(fix: PositionFix, *, version: str = "2.0") -> bytes:
    """Return the SD line of a fix."""
    return _line("SD", _short_fields(fix), version)


def wialon_data(fix: PositionFix, *, version: str = "2.0") -> bytes:
    """Return the D line of a fix: no inputs, outputs, ADC or key."""
    hdop = _NOT_SENT if fix.hdop is None else f"{fix.hdop:.2f}"
    parameters = []
    if fix.ignition is not None:
        parameters.append(f"ign:1:{int(fix.ignition)}")
    if fix.external_power_v is not None:
        parameters.append(f"pwr_ext:2:{fix.external_power_v:.2f}")
    fields = [*_short_fields(fix), hdop, *[_NOT_SENT] * 4, ",".join(parameters) or _NOT_SENT]
    return _line("D", fields, version)


def wialon_black_box(fixes: Sequence[PositionFix], *, version: str = "2.0") -> bytes:
    """Return the B line of fixes that were kept while there was no network."""
    records = "|".join(";".join(_short_fields(fix)) for fix in fixes)
    if version == "1.1":
        return f"#B#{records}\r\n".encode()
    return _closed("B", records + "|")


def teltonika_login(imei: str) -> bytes:
    """Return how a Teltonika device introduces itself."""
    return len(imei).to_bytes(2, "big") + imei.encode("ascii")


def teltonika_packet(fixes: Sequence[PositionFix], *, codec: int = 0x8E) -> bytes:
    """Return the packet of at most 255 fixes; ``codec`` is 0x08, 0x8E or 0x10."""
    body = _teltonika_body(fixes, codec)
    return bytes(4) + len(body).to_bytes(4, "big") + body + crc16_arc(body).to_bytes(4, "big")


def teltonika_datagram(
    imei: str, fixes: Sequence[PositionFix], *, packet: int = 1, codec: int = 0x8E
) -> bytes:
    """Return the UDP datagram of fixes; ``packet`` numbers it and comes back in the answer."""
    numbers = packet.to_bytes(2, "big") + b"\x01" + bytes([packet & 0xFF])
    channel = numbers + teltonika_login(imei) + _teltonika_body(fixes, codec)
    return len(channel).to_bytes(2, "big") + channel


def _teltonika_body(fixes: Sequence[PositionFix], codec: int) -> bytes:
    number = bytes([len(fixes)])
    records = b"".join(_teltonika_record(fix, codec) for fix in fixes)
    return bytes([codec]) + number + records + number


def _teltonika_record(fix: PositionFix, codec: int) -> bytes:
    widths = CODECS[codec]
    by_width: dict[int, list[tuple[int, int]]] = {1: [], 2: [], 4: [], 8: []}
    if fix.battery_percent is not None:
        by_width[1].append((BATTERY_PERCENT, round(fix.battery_percent)))
    if fix.ignition is not None:
        by_width[1].append((IGNITION, int(fix.ignition)))
    if fix.hdop is not None:
        by_width[2].append((HDOP, round(fix.hdop * 10)))
    if fix.external_power_v is not None:
        by_width[2].append((EXTERNAL_POWER_MV, round(fix.external_power_v * 1000)))
    number = sum(map(len, by_width.values()))
    elements = bytes(widths.event + widths.generation) + number.to_bytes(widths.count, "big")
    for width, pairs in by_width.items():
        elements += len(pairs).to_bytes(widths.count, "big")
        for identifier, value in pairs:
            elements += identifier.to_bytes(widths.identifier, "big") + value.to_bytes(width, "big")
    if widths.long_elements:
        elements += bytes(2)
    satellites = fix.satellites if fix.satellites is not None else 1
    return (
        round(fix.fixed_at.timestamp() * 1000).to_bytes(8, "big")
        + bytes(1)
        + round(fix.longitude * 1e7).to_bytes(4, "big", signed=True)
        + round(fix.latitude * 1e7).to_bytes(4, "big", signed=True)
        + round(fix.altitude_m or 0).to_bytes(2, "big", signed=True)
        + (round(fix.course_deg or 0) % 360).to_bytes(2, "big")
        + bytes([satellites if fix.valid else 0])
        + round(fix.speed_km_h or 0).to_bytes(2, "big")
        + elements
    )


def _line(kind: str, fields: Sequence[str], version: str) -> bytes:
    if version == "1.1":
        return f"#{kind}#{';'.join(fields)}\r\n".encode()
    return _closed(kind, ";".join(fields) + ";")


def _closed(kind: str, text: str) -> bytes:
    body = text.encode()
    return b"#" + kind.encode() + b"#" + body + f"{crc16_arc(body):04X}\r\n".encode()


def _short_fields(fix: PositionFix) -> list[str]:
    at: datetime = fix.fixed_at
    fraction = f".{at.microsecond:06d}" if at.microsecond else ""
    return [
        at.strftime("%d%m%y"),
        at.strftime("%H%M%S") + fraction,
        *_angle(fix.latitude, 2, "N", "S"),
        *_angle(fix.longitude, 3, "E", "W"),
        _NOT_SENT if fix.speed_km_h is None else f"{fix.speed_km_h:.0f}",
        _NOT_SENT if fix.course_deg is None else f"{fix.course_deg:.0f}",
        _NOT_SENT if fix.altitude_m is None else f"{fix.altitude_m:.0f}",
        _NOT_SENT if fix.satellites is None else str(fix.satellites),
    ]


def _angle(degrees: float, digits: int, positive: str, negative: str) -> tuple[str, str]:
    # In ten-thousandths of a minute, so that rounding never shows 60 minutes.
    units = round(abs(degrees) * 60 * 10_000)
    whole, minutes = divmod(units, 60 * 10_000)
    text = f"{whole:0{digits}d}{minutes // 10_000:02d}.{minutes % 10_000:04d}"
    return text, negative if degrees < 0 else positive
