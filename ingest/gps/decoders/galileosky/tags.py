"""How long the tags of Galileosky are, and a packet's records of them; pure.

Nothing in a packet says where a tag ends but its number. The lengths stand in the maker's table
and agree with packets of real trackers; 0xFE alone (two bytes of length first) could not be seen
in either. A tag that is not here (0x5B, whose length public readers give as 1 and as 7, or those
of newer trackers) ends the reading of its packet, because a guess would shift all that follows.
"""

from ingest.gps.decoders.message import Rejected, RejectionReason

IMEI, NUMBER, TIME, PLACE, MOTION = 0x03, 0x04, 0x20, 0x30, 0x33
ALTITUDE, DILUTION, SUPPLY = 0x34, 0x35, 0x41
_BY_BYTE, _BY_WORD = -1, -2  # the length stands before the value, in a byte or in two
_COUNTED = {_BY_BYTE: 1, _BY_WORD: 2}
_LENGTHS: dict[int, tuple[range | tuple[int, ...], ...]] = {
    1: (
        (0x01, 0x02, 0x35, 0x43, 0x88, 0x8A, 0x8B, 0x8C, 0xD5),
        range(0xA0, 0xB0),
        range(0xC4, 0xD3),
    ),
    2: (
        (0x04, 0x10, 0x34, 0x38, 0x39, 0x40, 0x41, 0x42, 0x45, 0x46, 0x48),
        range(0x50, 0x5A),
        range(0x60, 0x63),
        range(0x70, 0x78),
        range(0xB0, 0xBA),
        range(0xD6, 0xDB),
    ),
    3: ((0x5D,), range(0x63, 0x70), range(0x80, 0x88)),
    4: (
        (0x20, 0x33, 0x44, 0x47, 0x5A, 0x90, 0xD3, 0xD4, 0xE0),
        range(0xC0, 0xC4),
        range(0xDB, 0xE0),
        range(0xE2, 0xEA),
        range(0xF0, 0xFA),
    ),
    9: ((0x30,),),
    15: ((0x03,),),
    68: ((0x5C,),),
    _BY_BYTE: ((0xE1, 0xEA),),
    _BY_WORD: ((0xFE,),),
}
LENGTHS: dict[int, int] = {
    tag: length for length, groups in _LENGTHS.items() for group in groups for tag in group
}
Tags = dict[int, bytes]


def records(body: bytes) -> tuple[list[Tags], Rejected | None]:
    """Return the records of a packet, and why the last one ended early, if it did.

    Tags ascend within a record: one that was there already, or one of the first tags (number,
    time) after later ones, begins the next record.
    """
    found: list[Tags] = []
    current: Tags = {}
    at, last = 0, -1
    while at < len(body):
        tag = body[at]
        length = LENGTHS.get(tag)
        if length is None:
            return _ended(found, current), unknown(tag)
        at, length = counted(body, at + 1, length)
        if at + length > len(body):
            detail = f"The packet ends inside the tag 0x{tag:02X}."
            return _ended(found, current), Rejected(RejectionReason.MALFORMED, detail)
        if current and (tag in current or tag <= TIME < last):
            found.append(current)
            current = {}
        current[tag] = body[at : at + length]
        at, last = at + length, tag
    if current:
        found.append(current)
    return found, None


def unknown(tag: int) -> Rejected:
    """Return why the reading of a packet ends at a tag whose length is not known."""
    detail = f"This receiver does not know the tag 0x{tag:02X}."
    return Rejected(RejectionReason.UNKNOWN_TYPE, detail)


def counted(body: bytes, at: int, length: int) -> tuple[int, int]:
    """Return where a tag's value begins and its length, which may stand before the value."""
    if length >= 0:
        return at, length
    width = _COUNTED[length]
    return at + width, int.from_bytes(body[at : at + width], "little")


def _ended(found: list[Tags], current: Tags) -> list[Tags]:
    return [*found, current] if current else found
