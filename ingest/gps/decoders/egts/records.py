"""The service layer of EGTS: records, their parts, and how they are confirmed; pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from ingest.gps.decoders.message import Rejected, RejectionReason

_OBJECT, _EVENT, _TIME = 0x01, 0x02, 0x04
_RECIPIENT_ON_DEVICE, _SOURCE_ON_DEVICE = 0x40, 0x80
_CONTENT_LIMIT = 0xFFFF


class Service(IntEnum):
    """The services that are kept here, EGTS_…_SERVICE in the order."""

    AUTH = 1
    TELEDATA = 2


class Part(IntEnum):
    """The kinds of parts (sub-records) that are read or written here, EGTS_SR_… in the order."""

    RECORD_RESPONSE = 0
    TERM_IDENTITY = 1
    DISPATCHER_IDENTITY = 5
    RESULT_CODE = 9
    POS_DATA = 16
    EXT_POS_DATA = 17


@dataclass(frozen=True, slots=True)
class Record:
    """``source`` and ``recipient`` are services; ``object_id`` is None where it did not come."""

    number: int
    source: int
    recipient: int
    from_device: bool
    object_id: int | None
    content: bytes


def records(body: bytes) -> Iterator[Record]:
    """Yield the records of a packet's data.

    Raises:
        Rejected: the data ends inside one.
    """
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 2], "little")
        flags = body[at + 4] if len(body) > at + 4 else 0
        begins = at + 5
        object_id = None
        if flags & _OBJECT:
            object_id = int.from_bytes(body[begins : begins + 4], "little")
            begins += 4
        begins += 4 * bool(flags & _EVENT) + 4 * bool(flags & _TIME)
        ends = begins + 2 + length
        if ends > len(body):
            raise Rejected(RejectionReason.MALFORMED, "The packet ends inside a record.")
        yield Record(
            number=int.from_bytes(body[at + 2 : at + 4], "little"),
            source=body[begins],
            recipient=body[begins + 1],
            from_device=bool(flags & _SOURCE_ON_DEVICE),
            object_id=object_id,
            content=body[begins + 2 : ends],
        )
        at = ends


def parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the kind and the content of each part of a record.

    Raises:
        Rejected: the record ends inside one.
    """
    at = 0
    while at < len(content):
        ends = at + 3 + int.from_bytes(content[at + 1 : at + 3], "little")
        if len(content) < max(ends, at + 3):
            raise Rejected(RejectionReason.MALFORMED, "A record ends inside one of its parts.")
        yield content[at], content[at + 3 : ends]
        at = ends


def part(kind: Part, content: bytes) -> bytes:
    """Return a part of a record."""
    return bytes([kind]) + len(content).to_bytes(2, "little") + content


def record(
    number: int,
    service: int,
    content: bytes,
    *,
    recipient: int | None = None,
    object_id: int | None = None,
    from_device: bool = False,
    to_device: bool = False,
) -> bytes:
    """Return a record from ``service`` to the same service, or to ``recipient``."""
    flags = _SOURCE_ON_DEVICE * from_device | _RECIPIENT_ON_DEVICE * to_device
    named = b""
    if object_id is not None:
        flags |= _OBJECT
        named = object_id.to_bytes(4, "little")
    head = len(content).to_bytes(2, "little") + (number & 0xFFFF).to_bytes(2, "little")
    served = bytes([service, service if recipient is None else recipient])
    return head + bytes([flags]) + named + served + content


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A record that came and what becomes of it; ``device`` is whose it is, None of nobody's."""

    number: int
    source: int
    recipient: int
    from_device: bool
    result: int
    device: str | None


def confirmation(number: int, confirmed: Iterable[Confirmed]) -> tuple[int, bytes]:
    """Return records that confirm others, one for each run of a service.

    Args:
        number: of the first of them.
        confirmed: in the order they came.

    Returns:
        The number after the last, and their bytes.
    """
    body, waiting = b"", b""
    way: tuple[int, int, bool] | None = None
    for one in confirmed:
        its_way = (one.recipient, one.source, one.from_device)
        if way is not None and (its_way != way or len(waiting) > _CONTENT_LIMIT - 6):
            body += _answered(number, way, waiting)
            number, waiting = number + 1, b""
        way = its_way
        content = one.number.to_bytes(2, "little") + bytes([one.result])
        waiting += part(Part.RECORD_RESPONSE, content)
    if way is None:
        return number, body
    return number + 1, body + _answered(number, way, waiting)


def _answered(number: int, way: tuple[int, int, bool], content: bytes) -> bytes:
    service, recipient, to_device = way
    return record(number, service, content, recipient=recipient, to_device=to_device)
