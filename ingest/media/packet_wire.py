"""Encrypts RTP in place and hands the kernel a whole run of packets at once (UDP GSO)."""

import os
import socket
import struct
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from ingest.media.aiortc_inside import Session, Way, protect, srtp_memory
from ingest.media.packets import HEAD_BYTES, RUN_PACKETS, Run

_ROOM = 2048  # for a packet with its head and SRTP's longest trailer
_NUMBERS = struct.Struct("!HII")  # sequence number, timestamp, SSRC
_NUMBERS_AT = 2


# One for all peers: they are served one after another, and it stays in the processor's cache.
_MEMORY, _PACKET_LENGTH = srtp_memory(_ROOM * RUN_PACKETS)
_VIEW = memoryview(_MEMORY.buffer)


class PacketWire:
    """One peer's SRTP session and UDP socket. Lives on the event loop's thread.

    Attributes:
        trailer: how many bytes SRTP adds to a packet.
    """

    def __init__(self, way: Way, *, segmenting: bool = True) -> None:
        self.way = way
        self._session: Session = way.session
        self._socket = socket.socket(fileno=os.dup(way.descriptor))
        self._socket.setblocking(False)
        self._address = way.address
        self._segmenting = segmenting
        self.trailer = self._measured()

    def send(self, picture: Sequence[Run], sequence: int, timestamp: int, ssrc: int) -> int:
        """Send a picture laid out for this trailer and return the next sequence number."""
        view, at, length, session = _VIEW, _MEMORY.at, _PACKET_LENGTH, self._session
        number = _NUMBERS.pack_into
        for run in picture:
            view[: len(run.image)] = run.image
            failed = 0
            for begin, size in run.packets:
                number(view, begin + _NUMBERS_AT, sequence, timestamp, ssrc)
                length[0] = size
                failed |= protect(session, at + begin, length)
                sequence = (sequence + 1) & 0xFFFF
            if not failed:  # what could not be encrypted must not leave in the clear
                self._put(run)
        return sequence

    def send_plain(self, datagram: bytes) -> None:
        """Send what is encrypted already; a full socket loses it, as a network may."""
        with suppress(OSError):
            self._socket.sendto(datagram, self._address)

    def close(self) -> None:
        self._socket.close()

    def _measured(self) -> int:
        """Encrypt an empty packet of a stream that nobody sends, and see how much longer it is."""
        _VIEW[:HEAD_BYTES] = bytes((0x80,)).ljust(HEAD_BYTES, b"\0")
        _PACKET_LENGTH[0] = HEAD_BYTES
        protect(self._session, _MEMORY.at, _PACKET_LENGTH)
        return int(_PACKET_LENGTH[0]) - HEAD_BYTES

    def _put(self, run: Run) -> None:
        ends = run.ends
        if len(ends) > 1 and self._segmenting:
            try:
                self._socket.sendmsg((_VIEW[: ends[-1]],), run.cut, 0, self._address)
            except BlockingIOError:
                return
            except OSError:
                self._segmenting = False  # an older kernel, or a card without checksums
            else:
                return
        for begin, end in pairwise((0, *ends)):
            with suppress(OSError):
                self._socket.sendto(_VIEW[begin:end], self._address)
