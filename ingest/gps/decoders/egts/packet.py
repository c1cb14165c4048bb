"""The transport layer of EGTS: packet headers, checksums and result codes; pure."""

from dataclasses import dataclass
from enum import IntEnum

from ingest.gps.decoders.crc import crc8, crc16_ccitt
from ingest.gps.decoders.message import Rejection, RejectionReason

HEADER_BYTES, ROUTED_HEADER_BYTES = 11, 16
DATA_LIMIT_BYTES = 65_517
_VERSION = 1
_ROUTED, _ENCRYPTED, _COMPRESSED, _PREFIX = 0x20, 0x18, 0x04, 0xC0


class PacketType(IntEnum):
    """The kinds of packets, EGTS_PT_… in the order."""

    RESPONSE = 0
    APPDATA = 1
    SIGNED_APPDATA = 2


class Result(IntEnum):
    """What became of a packet or a record, EGTS_PC_… in the order."""

    OK = 0
    UNSUPPORTED_PROTOCOL = 128
    DECRYPTION_FAILED = 129
    WRONG_HEADER = 131
    WRONG_DATA = 132
    UNSUPPORTED_TYPE = 133
    HEADER_CHECKSUM = 137
    DATA_CHECKSUM = 138
    WRONG_LENGTH = 139
    UNKNOWN_SERVICE = 150
    DENIED = 151
    UNKNOWN_IDENTIFIER = 153


class BrokenPacket(Exception):
    """Raised where a packet cannot be read; ``result`` is for the device, ``rejection`` for us."""

    def __init__(self, result: Result, reason: RejectionReason, detail: str) -> None:
        super().__init__(detail)
        self.result = result
        self.rejection = Rejection(reason, detail)


@dataclass(frozen=True, slots=True)
class Header:
    """``number`` is the packet's (PID); ``checksum_holds`` speaks of the header alone."""

    number: int
    kind: int
    header_bytes: int
    data_bytes: int
    flags: int
    checksum_holds: bool

    @property
    def packet_bytes(self) -> int:
        return self.header_bytes + self.data_bytes + (2 if self.data_bytes else 0)

    def check_readable(self) -> None:
        """Check that the data is of a known kind, neither encrypted nor compressed.

        Raises:
            BrokenPacket: it is not.
        """
        if self.kind not in (PacketType.APPDATA, PacketType.SIGNED_APPDATA):
            raise BrokenPacket(
                Result.UNSUPPORTED_TYPE,
                RejectionReason.UNKNOWN_TYPE,
                "This receiver knows EGTS_PT_APPDATA and EGTS_PT_SIGNED_APPDATA.",
            )
        if self.flags & _ENCRYPTED:
            raise BrokenPacket(
                Result.DECRYPTION_FAILED,
                RejectionReason.UNKNOWN_TYPE,
                "Switch the encryption of EGTS packets off.",
            )
        if self.flags & _COMPRESSED:
            raise BrokenPacket(
                Result.WRONG_DATA,
                RejectionReason.UNKNOWN_TYPE,
                "Switch the compression of EGTS packets off.",
            )


def packet_number(stream: bytes) -> int:
    """Return the number in the header that the stream begins with, whatever else is wrong."""
    return int.from_bytes(stream[7:9], "little")


def header(stream: bytes) -> Header | None:
    """Return the header that the stream begins with, None where it has not all come.

    Raises:
        BrokenPacket: no header stands here.
    """
    if len(stream) < HEADER_BYTES:
        return None
    flags, header_bytes = stream[2], stream[3]
    if stream[0] != _VERSION or flags & _PREFIX:
        raise BrokenPacket(
            Result.UNSUPPORTED_PROTOCOL,
            RejectionReason.MALFORMED,
            "An EGTS packet begins with version 1 and prefix 00.",
        )
    if header_bytes != (ROUTED_HEADER_BYTES if flags & _ROUTED else HEADER_BYTES):
        raise BrokenPacket(
            Result.WRONG_HEADER,
            RejectionReason.MALFORMED,
            "The length of an EGTS header is 11 bytes, 16 with a route.",
        )
    data_bytes = int.from_bytes(stream[5:7], "little")
    if data_bytes > DATA_LIMIT_BYTES:
        raise BrokenPacket(
            Result.WRONG_LENGTH,
            RejectionReason.TOO_LONG,
            f"An EGTS packet has at most {DATA_LIMIT_BYTES} bytes of data.",
        )
    if len(stream) < header_bytes:
        return None
    return Header(
        number=packet_number(stream),
        kind=stream[9],
        header_bytes=header_bytes,
        data_bytes=data_bytes,
        flags=flags,
        checksum_holds=crc8(stream[: header_bytes - 1]) == stream[header_bytes - 1],
    )


def checksum_holds(head: Header, packet: bytes) -> bool:
    """Tell whether the data of a whole packet has the checksum that follows it."""
    end = head.header_bytes + head.data_bytes
    checksum = int.from_bytes(packet[end : end + 2], "little")
    return crc16_ccitt(packet[head.header_bytes : end]) == checksum


def packet(number: int, kind: PacketType, body: bytes) -> bytes:
    """Return a packet of highest priority without a route; ``number`` is its PID."""
    head = bytes([_VERSION, 0, 0, HEADER_BYTES, 0])
    head += len(body).to_bytes(2, "little") + (number & 0xFFFF).to_bytes(2, "little")
    head += bytes([kind])
    whole = head + bytes([crc8(head)]) + body
    return whole + crc16_ccitt(body).to_bytes(2, "little") if body else whole
