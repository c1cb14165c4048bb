"""RTP and RTCP as a camera sends them over RTSP's own connection; pure.

RFC 3550 (RTP), 6184 (H.264), 7798 (H.265), 6416 (MPEG-4 part 2).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CLOCK_HZ = 90_000
PAYLOAD_TYPE = 96
MAX_PAYLOAD = 1_400  # what fits a usual network frame, so that clients meet fragmented pictures

HEADERS_LENGTH = 16  # "$" framing and RTP header in front of each payload
_NTP_EPOCH_OFFSET_S = 2_208_988_800  # 1900 to 1970
_FU_A = 28
_HEVC_FU = 49


def split_annex_b(stream: bytes) -> list[bytes]:
    """Return the NAL units of an Annex B byte stream, without start codes."""
    starts: list[int] = []
    at = stream.find(b"\x00\x00\x01")
    while at >= 0:
        starts.append(at)
        at = stream.find(b"\x00\x00\x01", at + 3)
    ends = [*starts[1:], len(stream)]
    # A four-byte start code leaves its first zero at the end of the NAL before it.
    units = (stream[a + 3 : b].rstrip(b"\x00") for a, b in zip(starts, ends, strict=False))
    return [unit for unit in units if unit]


def h264_payloads(unit: bytes) -> list[bytes]:
    """Cut one H.264 NAL unit: itself where it fits, else FU-A fragments."""
    if len(unit) <= MAX_PAYLOAD:
        return [unit]
    indicator = (unit[0] & 0x60) | _FU_A
    kind = unit[0] & 0x1F
    return _fragments(bytes([indicator]), kind, unit[1:])


def h265_payloads(unit: bytes) -> list[bytes]:
    """Cut one H.265 NAL unit: itself where it fits, else FU fragments."""
    if len(unit) <= MAX_PAYLOAD:
        return [unit]
    kind = (unit[0] >> 1) & 0x3F
    header = bytes([(unit[0] & 0x81) | (_HEVC_FU << 1), unit[1]])
    return _fragments(header, kind, unit[2:])


def plain_payloads(picture: bytes) -> list[bytes]:
    """Cut a picture of a codec without its own packing rules (MPEG-4 part 2) into equal parts."""
    return [picture[a : a + MAX_PAYLOAD] for a in range(0, len(picture), MAX_PAYLOAD)]


def _fragments(header: bytes, kind: int, body: bytes) -> list[bytes]:
    room = MAX_PAYLOAD - len(header) - 1
    parts = [body[a : a + room] for a in range(0, len(body), room)]
    last = len(parts) - 1
    return [
        header + bytes([(0x80 if n == 0 else 0) | (0x40 if n == last else 0) | kind]) + part
        for n, part in enumerate(parts)
    ]


_STAMP = struct.Struct("!HII")  # sequence number, timestamp, source: all that changes
_STAMP_AT = 6  # behind "$", channel, length, version and payload type


@dataclass(frozen=True, slots=True)
class FramedPicture:
    """One picture as ``$``-framed RTP packets, cut once, to be stamped at each sending.

    Attributes:
        template: the packets, one behind the other, with zeros where the stamps belong.
        starts: where each packet begins; the marker bit closes the last one.
    """

    template: bytes
    starts: tuple[int, ...]

    def stamped(self, sequence: int, timestamp: int, ssrc: int) -> bytearray:
        """Return the packets as they go onto the wire; ``sequence`` is the first one's number."""
        wire = bytearray(self.template)
        timestamp &= 0xFFFFFFFF
        for n, start in enumerate(self.starts, start=sequence):
            _STAMP.pack_into(wire, start + _STAMP_AT, n & 0xFFFF, timestamp, ssrc)
        return wire


def framed_picture(payloads: Sequence[bytes], channel: int) -> FramedPicture:
    """Frame a picture's payloads for an interleaved channel."""
    template = bytearray()
    starts: list[int] = []
    last = len(payloads) - 1
    for n, payload in enumerate(payloads):
        starts.append(len(template))
        kind = PAYLOAD_TYPE | (0x80 if n == last else 0)
        template += struct.pack("!cBHBB10x", b"$", channel, 12 + len(payload), 0x80, kind)
        template += payload
    return FramedPicture(bytes(template), tuple(starts))


def interleaved_sender_report(
    *, channel: int, ssrc: int, unix_s: float, timestamp: int, packets: int, octets: int
) -> bytes:
    """Return a ``$``-framed RTCP sender report: what RTP time it was at this wall-clock time."""
    seconds = int(unix_s)
    fraction = int((unix_s - seconds) * 2**32)
    report = struct.pack(
        "!BBHIIIIII",
        0x80,
        200,
        6,
        ssrc,
        (seconds + _NTP_EPOCH_OFFSET_S) & 0xFFFFFFFF,
        fraction,
        timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    return struct.pack("!cBH", b"$", channel, len(report)) + report
