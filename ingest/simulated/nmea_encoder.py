"""What NMEA receivers put on the wire; pure."""

from datetime import datetime

from ingest.gps.decoders.nmea_sentence import KNOT_KM_H, checksum
from models.observations import PositionFix


def sentence(body: str) -> bytes:
    """Return a sentence with $, checksum and line end around its body, e.g. ``GPRMC,…``."""
    return f"${body}*{checksum(body.encode('ascii')):02X}\r\n".encode("ascii")


def nmea_rmc(fix: PositionFix, *, talker: str = "GP") -> bytes:
    """Return the RMC of a fix: place, speed in knots, course, date."""
    speed = "" if fix.speed_km_h is None else f"{fix.speed_km_h / KNOT_KM_H:.3f}"
    course = "" if fix.course_deg is None else f"{fix.course_deg % 360:.2f}"
    status, mode = ("A", "A") if fix.valid else ("V", "N")
    return sentence(
        f"{talker}RMC,{_time(fix.fixed_at)},{status},{_place(fix)},{speed},{course},"
        f"{fix.fixed_at:%d%m%y},,,{mode}"
    )


def nmea_gga(fix: PositionFix, *, talker: str = "GP") -> bytes:
    """Return the GGA of a fix: place, satellites, dilution, height; no date."""
    satellites = "" if fix.satellites is None else f"{fix.satellites:02d}"
    hdop = "" if fix.hdop is None else f"{fix.hdop:.2f}"
    altitude = "" if fix.altitude_m is None else f"{fix.altitude_m:.1f}"
    return sentence(
        f"{talker}GGA,{_time(fix.fixed_at)},{_place(fix)},{int(fix.valid)},{satellites},{hdop},"
        f"{altitude},M,,M,,"
    )


def nmea_gll(fix: PositionFix, *, talker: str = "GP") -> bytes:
    """Return the GLL of a fix: place and time, no date."""
    status, mode = ("A", "A") if fix.valid else ("V", "N")
    return sentence(f"{talker}GLL,{_place(fix)},{_time(fix.fixed_at)},{status},{mode}")


def nmea_lines(fix: PositionFix) -> bytes:
    """Return what a car PC sends of a fix: its identifier before each of RMC and GGA."""
    ahead = fix.device.encode("ascii") + b","
    return ahead + nmea_rmc(fix) + ahead + nmea_gga(fix)


def _time(at: datetime) -> str:
    return f"{at:%H%M%S}.{at.microsecond // 1000:03d}"


def _place(fix: PositionFix) -> str:
    latitude = _angle(fix.latitude, 2) + (",S" if fix.latitude < 0 else ",N")
    return f"{latitude},{_angle(fix.longitude, 3)}" + (",W" if fix.longitude < 0 else ",E")


def _angle(degrees: float, digits: int) -> str:
    # In millionths of a minute, so that rounding never shows 60 minutes.
    units = round(abs(degrees) * 60 * 1_000_000)
    whole, minutes = divmod(units, 60 * 1_000_000)
    return f"{whole:0{digits}d}{minutes // 1_000_000:02d}.{minutes % 1_000_000:06d}"
