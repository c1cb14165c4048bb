"""Which fields a FLEX record has, by the mask a device declared, and what they say; pure.

Field n of the maker's table stands in the mask at bit n - 1, the highest bit of a byte first.
FLEX 1.0 has 69 fields, 2.0 has 122, 3.0 has 255. The sizes stand alike in two public tables and
give the lengths of packets that devices of all three versions sent.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from ingest.gps.decoders.message import Rejected, RejectionReason, coordinates, moment
from models.observations import PositionFix

SIZES = (
    *(4, 2, 4, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 2, 4, 4),  # 1 to 16
    *((2,) * 12 + (1,) * 4),  # 17 to 32
    *(4, 4, 2, 2, 4, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1),  # 33 to 48
    *(1, 1, 1, 1, 2, 4, 2, 1, 4, 2, 2, 2, 2, 2, 1, 1),  # 49 to 64
    *(1, 2, 4, 2, 1, 8, 2, 1, 16, 4, 2, 4, 37, 1, 1, 1),  # 65 to 80; 1.0 ends at 69
    *((1,) * 3 + (3,) * 10 + (6, 12, 24)),  # 81 to 96
    *(48, 1, 1, 2, 1, 4, 4, 1, 4, 2, 6, 2, 6, 2, 2, 2),  # 97 to 112
    *(2, 2, 2, 2, 2, 1, 2, 2, 2, 1, 1, 1, 1, 1, 4, 4),  # 113 to 128; 2.0 ends at 122
    *(4, 4, 4, 4, 2, 2, 2, 2, 2, 2, 1, 1, 2, 3, 2, 1),  # 129 to 144
    *((1, 3) + (2,) * 14),  # 145 to 160
    *(2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 4, 4, 4, 2, 4),  # 161 to 176
    *((2, 2, 4) + (2,) * 13),  # 177 to 192
    *(4, 4, 4, 4, 6, 3, 1, 2, 2, 1, 4, 5, 4, 4, 1, 1),  # 193 to 208
    *((1,) * 14 + (2, 2)),  # 209 to 224
    *((2,) * 13 + (4,) * 3),  # 225 to 240
    *((4,) * 12 + (8,) * 3),  # 241 to 255
)
EVENT_TIME, SENSOR, FIX_TIME, LATITUDE, LONGITUDE, ALTITUDE = 3, 8, 9, 10, 11, 12
SPEED, COURSE, SUPPLY, DILUTION = 13, 14, 19, 71
_CODES = {
    EVENT_TIME: "I",
    SENSOR: "B",
    FIX_TIME: "I",
    LATITUDE: "i",
    LONGITUDE: "i",
    ALTITUDE: "i",
    SPEED: "f",
    COURSE: "H",
    SUPPLY: "H",
    DILUTION: "Bx",  # horizontal, then of the position, in tenths
}
_FIXED = 0x02  # in the state of the sensor; the bits above are the number of satellites
ANGLE_UNITS = 600_000  # of a degree: ten-thousandths of a minute
# The record of an additional packet (~E, ~X): kind, length of this part, index, event, then these.
ADDITIONAL_KIND = 0x0A
ADDITIONAL = struct.Struct("<BBIHIBIiiifHf")
Values = dict[int, int | float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records of a mask are laid out.

    Attributes:
        fields: the numbers in the mask.
        record: reads those of them that are used here, in their order.
        used: the numbers of these.
    """

    fields: tuple[int, ...]
    record: struct.Struct
    used: tuple[int, ...]


@lru_cache(maxsize=256)
def layout(size: int, mask: bytes) -> Layout:
    """Return the layout of the first ``size`` fields of a mask."""
    fields = tuple(place + 1 for place in range(size) if mask[place // 8] & (0x80 >> place % 8))
    codes = "".join(_CODES.get(number, f"{SIZES[number - 1]}x") for number in fields)
    used = tuple(number for number in fields if number in _CODES)
    return Layout(fields, struct.Struct("<" + codes), used)


def fix(device: str, values: Values) -> PositionFix:
    """Return the fix of a record.

    A device without a fix repeats its last place and the time of that; such a record is taken at
    the time of its event and as invalid.

    Raises:
        Rejected: no place, no time, or a place outside the globe.
    """
    if LATITUDE not in values or LONGITUDE not in values:
        raise Rejected(RejectionReason.NO_POSITION, "Switch the fields 10 and 11 on.")
    sensor = int(values.get(SENSOR, _FIXED))
    valid = bool(sensor & _FIXED)
    seconds = values.get(FIX_TIME if valid else EVENT_TIME)
    if seconds is None:
        seconds = values.get(EVENT_TIME if valid else FIX_TIME)
    if seconds is None:
        raise Rejected(RejectionReason.BAD_TIME, "Switch the fields 3 and 9 on.")
    latitude, longitude = coordinates(
        values[LATITUDE] / ANGLE_UNITS, values[LONGITUDE] / ANGLE_UNITS
    )
    speed, course = values.get(SPEED), values.get(COURSE)
    altitude, dilution, supply = values.get(ALTITUDE), values.get(DILUTION), values.get(SUPPLY)
    return PositionFix(
        device=device,
        fixed_at=moment(seconds),
        latitude=latitude,
        longitude=longitude,
        valid=valid,
        speed_km_h=speed if speed is not None and isfinite(speed) and speed >= 0 else None,
        course_deg=None if course is None else float(course % 360),
        altitude_m=None if altitude is None else altitude / 10,
        hdop=dilution / 10 if dilution else None,
        satellites=sensor >> 2 if SENSOR in values else None,
        external_power_v=None if supply is None else supply / 1000,
    )


def additional(content: bytes) -> Values:
    """Return the values of a record of an additional packet.

    Raises:
        Rejected: another kind of record.
    """
    if len(content) < ADDITIONAL.size or content[0] != ADDITIONAL_KIND:
        detail = "This receiver knows additional records of the kind 0x0A."
        raise Rejected(RejectionReason.UNKNOWN_TYPE, detail)
    _, _, _, _, event, sensor, at, north, east, above, speed, course, _ = ADDITIONAL.unpack_from(
        content
    )
    return {
        EVENT_TIME: event,
        SENSOR: sensor,
        FIX_TIME: at,
        LATITUDE: north,
        LONGITUDE: east,
        ALTITUDE: above,
        SPEED: speed,
        COURSE: course,
    }
