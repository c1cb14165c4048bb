"""NMEA 0183 sentences RMC, GGA, GLL and ZDA of any talker: fields in, facts out; pure.

What a sentence says without a date stays a time of day; nmea.py finds the day.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.gps.decoders.message import Rejected, RejectionReason, coordinates

KNOT_KM_H = 1.852
SENTENCE = re.compile(
    rb"\$(?P<body>(?P<talker>[A-Z0-9]{2})(?P<kind>[A-Z]{3}),(?P<fields>[^$*]*))"
    rb"(?:\*(?P<sum>[0-9A-Fa-f]{2}))?"
)
_ANGLE = re.compile(r"\d{3,5}(?:\.\d*)?", re.ASCII)
_TIME = re.compile(r"(\d{2})(\d{2})(\d{2})(?:\.(\d*))?", re.ASCII)
_OLDEST_TWO_DIGIT_YEAR = 80  # GPS began in 1980
_NEEDED = {"RMC": 9, "GGA": 9, "GLL": 5, "ZDA": 4}
_PLACE_AT = {"RMC": (2, 4), "GGA": (1, 3), "GLL": (0, 2)}  # latitude and longitude
POSITIONED = ("RMC", "GGA", "GLL")


@dataclass(frozen=True, slots=True)
class Facts:
    """What one sentence says; None is unsaid.

    Attributes:
        kind: RMC, GGA, GLL or ZDA.
        time: since midnight UTC.
        place: latitude and longitude in degrees; None in ZDA.
    """

    kind: str
    time: timedelta
    day: date | None = None
    place: tuple[float, float] | None = None
    valid: bool = True
    speed_km_h: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    hdop: float | None = None
    satellites: int | None = None


def checksum(body: bytes) -> int:
    """Return the exclusive or of what stands between $ and *."""
    value = 0
    for byte in body:
        value ^= byte
    return value


def read(kind: str, text: str) -> Facts:
    """Return what a sentence says.

    Args:
        kind: RMC, GGA, GLL or ZDA.
        text: its fields, after ``$GPRMC,`` and before ``*``.

    Raises:
        Rejected: it says something that cannot be.
    """
    fields = text.split(",")
    if len(fields) < _NEEDED[kind]:
        detail = f"{kind} has at least {_NEEDED[kind]} fields, {len(fields)} came."
        raise Rejected(RejectionReason.MALFORMED, detail)
    if kind != "ZDA" and not any(fields[at] for at in _PLACE_AT[kind]):
        # Before the time: a receiver that has just woken up has neither.
        raise Rejected(RejectionReason.NO_POSITION, "The receiver has no fix yet.")
    if kind == "RMC":
        return Facts(
            kind,
            _time(fields[0]),
            _short_date(fields[8]),
            _place(fields[2:6]),
            valid=fields[1] == "A" and _mode_is_a_fix(fields[11:12]),
            speed_km_h=_scaled(_least_zero(fields[6]), KNOT_KM_H),
            course_deg=_course(fields[7]),
        )
    if kind == "GGA":
        satellites = _least_zero(fields[6])
        return Facts(
            kind,
            _time(fields[0]),
            place=_place(fields[1:5]),
            valid=fields[5] not in ("", "0"),
            altitude_m=_number(fields[8]),
            hdop=_least_zero(fields[7]),
            satellites=None if satellites is None else min(int(satellites), 255),
        )
    if kind == "GLL":
        valid = fields[5:6] != ["V"] and _mode_is_a_fix(fields[6:7])
        return Facts(kind, _time(fields[4]), place=_place(fields[:4]), valid=valid)
    return Facts(kind, _time(fields[0]), _date(fields[1], fields[2], fields[3]))


def _time(text: str) -> timedelta:
    match = _TIME.fullmatch(text)
    if match is None:
        raise Rejected(RejectionReason.BAD_TIME, "Time is hhmmss.sss, in UTC.")
    hours, minutes, seconds = (int(match[i]) for i in (1, 2, 3))
    if hours > 23 or minutes > 59 or seconds > 60:
        raise Rejected(RejectionReason.BAD_TIME, "There is no such time of day.")
    microseconds = int((match[4] or "")[:6].ljust(6, "0"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)


def _short_date(text: str) -> date | None:
    if not text:
        return None
    if len(text) != 6:
        raise Rejected(RejectionReason.BAD_TIME, "Date is ddmmyy.")
    year = text[4:]
    century = "19" if year.isdecimal() and int(year) >= _OLDEST_TWO_DIGIT_YEAR else "20"
    return _date(text[:2], text[2:4], century + year)


def _date(day: str, month: str, year: str) -> date:
    try:
        if not (day + month + year).isascii():
            raise ValueError(day)  # noqa: TRY301 - one sentence for every way to be wrong
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise Rejected(RejectionReason.BAD_TIME, "There is no such date.") from None
    if not 1980 <= found.year <= 2100:
        raise Rejected(RejectionReason.BAD_TIME, "The date is no date of a GPS receiver.")
    return found


def _place(fields: list[str]) -> tuple[float, float]:
    return coordinates(_angle(fields[0], fields[1], "NS"), _angle(fields[2], fields[3], "EW"))


def _angle(text: str, side: str, sides: str) -> float:
    if side not in tuple(sides) or not _ANGLE.fullmatch(text):
        raise Rejected(RejectionReason.BAD_COORDINATES, "Coordinates are ddmm.mmmm,N,dddmm.mmmm,E.")
    whole, dot, fraction = text.partition(".")
    minutes = float(whole[-2:] + dot + fraction)
    if minutes >= 60:
        raise Rejected(RejectionReason.BAD_COORDINATES, "Minutes of an angle are below 60.")
    degrees = int(whole[:-2]) + minutes / 60
    return -degrees if side in "SW" else degrees


def _mode_is_a_fix(field: list[str]) -> bool:
    return field != ["N"]  # the mode indicator of NMEA 2.3; older sentences end before it


def _number(text: str) -> float | None:
    """Return a number or None: a field that a place can do without never costs the place."""
    if not re.fullmatch(r"[-+]?\d{1,9}(?:\.\d{0,9})?", text, re.ASCII):
        return None
    return float(text)


def _least_zero(text: str) -> float | None:
    number = _number(text)
    return number if number is not None and number >= 0 else None


def _scaled(number: float | None, factor: float) -> float | None:
    return None if number is None else number * factor


def _course(text: str) -> float | None:
    number = _least_zero(text)
    return number % 360 if number is not None and number <= 360 else None
