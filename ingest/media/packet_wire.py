"""Encrypts RTP in place and hands the kernel a whole run of packets at once (UDP GSO)."""

import os
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from ingest.media.aiortc_inside import Session, Way, protect, srtp_memory

RUN_PACKETS = 16  # at most at once: a longer burst may overflow a receiver's default buffer
_HEAD = struct.Struct("!BBHII")
_HEAD_BYTES = _HEAD.size
_ROOM = 2048  # for a packet with its head and SRTP's longest trailer
_UDP_SEGMENT = 103  # Linux: the datagram is cut into datagrams of so many bytes
_LENGTH = struct.Struct("=H")


def runs(payloads: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Return the payloads in runs of one length; only the last of a run may be shorter."""
    cuts = [0]
    for index, (before, payload) in enumerate(pairwise(payloads), start=1):
        begun = cuts[-1]
        shorter_before = len(before) < len(payloads[begun])
        if shorter_before or len(payload) > len(before) or index - begun == RUN_PACKETS:
            cuts.append(index)
    return [payloads[begin:end] for begin, end in pairwise([*cuts, len(payloads)]) if begin < end]


class PacketWire:
    """One peer's SRTP session and UDP socket, with memory that is used again and again."""

    def __init__(self, way: Way, *, segmenting: bool = True) -> None:
        self.way = way
        self._session: Session = way.session
        self._socket = socket.socket(fileno=os.dup(way.descriptor))
        self._socket.setblocking(False)
        self._address = way.address
        self._memory, self._length = srtp_memory(_ROOM * RUN_PACKETS)
        self._view = memoryview(self._memory.buffer)
        self._segmenting = segmenting

    def send(
        self,
        picture: Sequence[Sequence[bytes]],
        kind: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        *,
        whole: bool = True,
    ) -> int:
        """Send runs and return the next sequence number; the last of a whole picture is marked."""
        left = sum(map(len, picture))
        view, memory, length, session = self._view, self._memory, self._length, self._session
        for run in picture:
            ends, end = [], 0
            for payload in run:
                left -= 1
                marked = kind if left or not whole else kind | 0x80
                body = end + _HEAD_BYTES
                _HEAD.pack_into(view, end, 0x80, marked, sequence, timestamp, ssrc)
                view[body : body + len(payload)] = payload
                length[0] = _HEAD_BYTES + len(payload)
                protect(session, memory.at + end, length)
                end += length[0]
                ends.append(end)
                sequence = (sequence + 1) & 0xFFFF
            self._put(ends)
        return sequence

    def send_plain(self, datagram: bytes) -> None:
        """Send what is encrypted already; a full socket loses it, as a network may."""
        with suppress(OSError):
            self._socket.sendto(datagram, self._address)

    def close(self) -> None:
        self._socket.close()

    def _put(self, ends: list[int]) -> None:
        view, end = self._view, ends[-1]
        if len(ends) > 1 and self._segmenting:
            cut = [(socket.IPPROTO_UDP, _UDP_SEGMENT, _LENGTH.pack(ends[0]))]
            try:
                self._socket.sendmsg([view[:end]], cut, 0, self._address)
            except BlockingIOError:
                return
            except OSError:
                self._segmenting = False  # an older kernel, or a card without checksums
            else:
                return
        for begin, end in pairwise([0, *ends]):
            with suppress(OSError):
                self._socket.sendto(view[begin:end], self._address)
