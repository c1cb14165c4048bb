"""Teltonika over UDP: each datagram names its device and is acknowledged by itself; pure.

A datagram is a channel header (length, packet number, a byte without use), the number of the AVL
packet, the IMEI and the body that a TCP packet has, without a checksum. The answer repeats both
numbers and says how many records were taken.
"""

from datetime import datetime

from ingest.gps.decoders.message import (
    DeviceMessage,
    Rejected,
    Rejection,
    RejectionReason,
)
from ingest.gps.decoders.teltonika import COMMANDS, TeltonikaSession, records
from models.observations import PositionFix

_HEAD = 8  # length, packet number, a byte without use, number of the AVL packet, length of the IMEI
_KEPT_OF_BROKEN_BYTES = 1024


def datagram(
    session: TeltonikaSession, received: bytes, received_at: datetime, *, strict: bool = False
) -> tuple[TeltonikaSession, list[DeviceMessage]]:
    """Decode one datagram; never raises, whatever came.

    Args:
        session: nothing is remembered of a source, for every datagram names its device.
        received: the datagram.
        received_at: not used; records carry their time.
        strict: not used; datagrams have no checksum of their own.
    """
    del received_at, strict
    try:
        device, body = _opened(received)
    except Rejected as rejected:
        kept = received[:_KEPT_OF_BROKEN_BYTES]
        return session, [DeviceMessage(kept, None, rejections=(rejected.rejection,))]
    if body[:1] and body[0] in COMMANDS:
        return session, [DeviceMessage(received, device)]
    try:
        count, outcomes = records(device, body)
    except Rejected as rejected:
        # Unacknowledged it would come again and again; it is kept raw, for a better decoder.
        count, outcomes = body[1] if len(body) > 1 else 0, [rejected.rejection]
    message = DeviceMessage(
        received,
        device,
        tuple(one for one in outcomes if isinstance(one, PositionFix)),
        tuple(one for one in outcomes if isinstance(one, Rejection)),
        answer=_acknowledged(received, count),
        refusal=_acknowledged(received, 0),
    )
    return session, [message]


def _opened(received: bytes) -> tuple[str, bytes]:
    """Return the IMEI and the body.

    Raises:
        Rejected: not a channel packet, or not one whole.
    """
    if len(received) < _HEAD or int.from_bytes(received[:2], "big") != len(received) - 2:
        detail = "A datagram begins with its length, without these two bytes."
        raise Rejected(RejectionReason.MALFORMED, detail)
    length = int.from_bytes(received[6:_HEAD], "big")
    imei = received[_HEAD : _HEAD + length]
    if not 8 <= len(imei) == length <= 17 or not all(0x30 <= byte <= 0x39 for byte in imei):
        detail = "Send the IMEI after the header: its length and its digits."
        raise Rejected(RejectionReason.NO_DEVICE, detail)
    return imei.decode("ascii"), received[_HEAD + length :]


def _acknowledged(received: bytes, count: int) -> bytes:
    return b"\x00\x05" + received[2:4] + b"\x01" + received[5:6] + bytes([count])
