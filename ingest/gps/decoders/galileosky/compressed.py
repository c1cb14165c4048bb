"""Compressed packets of Galileosky: records without the tags that all of them have; pure.

A record is a minimal data set of ten bytes, the number of its further tags, their list and their
values. The set is read from its highest bit on: one without use, 25 of seconds since the year
began, one that is 0 where the place holds, 22 of longitude, 21 of latitude, one of alarm; the
rest is the user's. Its places lie in a grid of up to 10 m.

As public servers have them, not verified against the maker's text nor a packet of a tracker.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.gps.decoders.galileosky import tags
from ingest.gps.decoders.galileosky.tags import Tags
from ingest.gps.decoders.message import Rejected, RejectionReason

MINIMAL_BYTES = 10
SECOND_BITS, LONGITUDE_BITS, LATITUDE_BITS = 25, 22, 21
_USER_BITS = 9  # the user defines what they mean
_AHEAD = timedelta(days=1)  # a clock may be fast, but not by a year


@dataclass(frozen=True, slots=True)
class Minimal:
    """What every compressed record says; ``others`` are its further tags."""

    fixed_at: datetime
    latitude: float
    longitude: float
    valid: bool
    others: Tags


def records(body: bytes, received_at: datetime) -> tuple[list[Minimal], Rejected | None]:
    """Return the records of a packet, and why the reading ended early, if it did.

    No record says its year: it is the last one in which it is not after ``received_at``.
    """
    found: list[Minimal] = []
    at = 0
    while at < len(body):
        listed = at + MINIMAL_BYTES + 1
        if len(body) < listed:
            return found, _cut()
        others: Tags = {}
        ends = listed + body[listed - 1]
        numbers = body[listed:ends]
        for number in numbers:
            length = tags.LENGTHS.get(number)
            if length is None:
                return found, tags.unknown(number)
            ends, length = tags.counted(body, ends, length)
            others[number] = body[ends : ends + length]
            ends += length
        if len(body) < ends:
            return found, _cut()
        found.append(_minimal(body[at : at + MINIMAL_BYTES], received_at, others))
        at = ends
    return found, None


def _cut() -> Rejected:
    return Rejected(RejectionReason.MALFORMED, "The packet ends inside a compressed record.")


def _minimal(content: bytes, received_at: datetime, others: Tags) -> Minimal:
    bits = int.from_bytes(content, "big") >> _USER_BITS

    def take(width: int) -> int:
        nonlocal bits
        value, bits = bits & (1 << width) - 1, bits >> width
        return value

    take(1)  # alarm
    latitude = take(LATITUDE_BITS) * 180 / (1 << LATITUDE_BITS) - 90
    longitude = take(LONGITUDE_BITS) * 360 / (1 << LONGITUDE_BITS) - 180
    valid = take(1) == 0
    since = timedelta(seconds=take(SECOND_BITS))
    this_year = datetime(received_at.year, 1, 1, tzinfo=UTC)
    fixed_at = this_year + since
    if fixed_at > received_at + _AHEAD:
        fixed_at = this_year.replace(year=this_year.year - 1) + since
    return Minimal(fixed_at, latitude, longitude, valid, others)
