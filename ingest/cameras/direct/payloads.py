"""Puts pictures together from RTP payloads: RFC 6184 (H.264) and RFC 7798 (H.265). Pure."""

from collections.abc import Callable

from ingest.cameras.codecs import H265, VideoCodec

_H264_STAP_A, _H264_FU_A = 24, 28
_H265_AP, _H265_FU = 48, 49


class Unit:
    """Gathers the NAL units of one picture from payloads in order."""

    def __init__(self, codec: VideoCodec) -> None:
        self.nals: list[bytes] = []
        self.parts: list[bytes | bytearray] = []
        """Of the fragmented NAL unit that is under way; empty where none is."""
        self.add: Callable[[bytes, int], None] = self._add_h265 if codec is H265 else self._add_h264
        """add(packet, offset of its payload)"""
        self._is_slice: Callable[[bytes], bool] = (
            _is_h265_slice if codec is H265 else _is_h264_slice
        )

    def forget_part(self) -> None:
        """A packet was lost: what was begun can never be whole."""
        self.parts = []

    def take(self) -> list[bytes] | None:
        """Return the NAL units where there is a picture among them, and begin anew."""
        nals = self.nals
        # What is last is nearly always a part of the picture: mostly there is nothing else.
        if not nals or not (self._is_slice(nals[-1]) or any(map(self._is_slice, nals))):
            return None  # parameter sets with a marker of their own belong to what follows
        self.nals = []
        return nals

    def _add_h264(self, packet: bytes, at: int) -> None:
        head = packet[at]
        kind = head & 0x1F
        if kind == _H264_FU_A:
            if len(packet) > at + 2:
                flags = packet[at + 1]
                self._add_part(bytes((head & 0xE0 | flags & 0x1F,)), flags, packet[at + 2 :])
        elif kind == _H264_STAP_A:
            self._add_several(packet, at + 1)
        elif 0 < kind < _H264_STAP_A:
            self.nals.append(packet[at:] if at else packet)

    def _add_h265(self, packet: bytes, at: int) -> None:
        kind = packet[at] >> 1 & 0x3F
        if kind == _H265_FU:
            if len(packet) > at + 3:
                flags = packet[at + 2]
                header = bytes((packet[at] & 0x81 | (flags & 0x3F) << 1, packet[at + 1]))
                self._add_part(header, flags, packet[at + 3 :])
        elif kind == _H265_AP:
            self._add_several(packet, at + 2)
        elif kind < _H265_AP:
            self.nals.append(packet[at:])

    def _add_part(self, header: bytes, flags: int, part: bytes) -> None:
        if flags & 0x80:
            self.parts = [header, part]
        elif self.parts:
            self.parts.append(part)
        if flags & 0x40 and self.parts:
            self.nals.append(b"".join(self.parts))
            self.parts = []

    def _add_several(self, packet: bytes, at: int) -> None:
        while at + 2 < len(packet):
            begin = at + 2
            at = begin + (packet[at] << 8 | packet[at + 1])
            nal = packet[begin:at]
            if nal:
                self.nals.append(nal)


def _is_h264_slice(nal: bytes) -> bool:
    return 0 < nal[0] & 0x1F < 6


def _is_h265_slice(nal: bytes) -> bool:
    return nal[0] >> 1 & 0x3F < 32
