"""RTP packets of a picture, laid out once for all peers as the kernel takes them. Pure."""

import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

RUN_PACKETS = 16  # at most at once: a longer burst may overflow a receiver's default buffer
HEAD_BYTES = 12
UDP_SEGMENT = 103  # Linux: the datagram is cut into datagrams of so many bytes
_LENGTH = struct.Struct("=H")


@dataclass(frozen=True, slots=True)
class Run:
    """Packets that go out together.

    Attributes:
        image: heads without their numbers, payloads and room for what SRTP adds, without gaps.
        packets: where each packet begins in it, and its length before SRTP.
        ends: where each encrypted packet ends.
        cut: tells the kernel how long the packets are; all but the last are equally long.
    """

    image: bytes
    packets: list[tuple[int, int]]
    ends: list[int]
    cut: list[tuple[int, int, bytes]]


class Packets:
    """The payloads of one access unit; kept only as they were laid out, for a resend too.

    Attributes:
        count: of payloads.
        octets: of all payloads.
    """

    __slots__ = ("_laid_out", "_payloads", "count", "octets")

    def __init__(self, payloads: list[bytes]) -> None:
        self.count = len(payloads)
        self.octets = sum(map(len, payloads))
        self._payloads: list[bytes] | None = payloads
        self._laid_out: dict[tuple[int, int], list[Run]] = {}

    def runs(self, kind: int, trailer: int) -> list[Run]:
        """Return all packets for a payload type and a length of SRTP's trailer; last marked."""
        found = self._laid_out.get((kind, trailer))
        if found is None:
            found = self._laid_out[kind, trailer] = lay_out(self._all(), kind, trailer)
            self._payloads = None
        return found

    def one(self, index: int, kind: int, trailer: int) -> list[Run]:
        """Return one packet alone, to be sent again."""
        payload = self._all()[index]
        return lay_out([payload], kind, trailer, whole=index == self.count - 1)

    def _all(self) -> list[bytes]:
        if self._payloads is not None:
            return self._payloads
        laid_out = next(iter(self._laid_out.values()))
        return [
            run.image[begin + HEAD_BYTES : begin + size]
            for run in laid_out
            for begin, size in run.packets
        ]


def runs(payloads: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Return the payloads in runs of one length; only the last of a run may be shorter."""
    cuts = [0]
    for index, (before, payload) in enumerate(pairwise(payloads), start=1):
        begun = cuts[-1]
        shorter_before = len(before) < len(payloads[begun])
        if shorter_before or len(payload) > len(before) or index - begun == RUN_PACKETS:
            cuts.append(index)
    return [payloads[begin:end] for begin, end in pairwise([*cuts, len(payloads)]) if begin < end]


def lay_out(payloads: Sequence[bytes], kind: int, trailer: int, *, whole: bool = True) -> list[Run]:
    """Return the runs of a picture, its last packet marked if that is the whole picture's last."""
    cut = runs(payloads)
    last = cut[-1] if cut and whole else None
    return [_lay_out(run, kind, bytes(trailer), marked=run is last) for run in cut]


def _lay_out(payloads: Sequence[bytes], kind: int, trailer: bytes, *, marked: bool) -> Run:
    between = trailer + _head(kind)
    last = between if not marked else trailer + _head(kind | 0x80)
    packets, ends, end = [], [], 0
    parts: list[bytes] = []
    for payload in payloads:
        size = HEAD_BYTES + len(payload)
        packets.append((end, size))
        end += size + len(trailer)
        ends.append(end)
        parts += (between, payload)
    parts[-2] = last
    parts[0] = parts[0][len(trailer) :]
    parts.append(trailer)
    cut = [(socket.IPPROTO_UDP, UDP_SEGMENT, _LENGTH.pack(ends[0]))]
    return Run(b"".join(parts), packets, ends, cut)


def _head(kind: int) -> bytes:
    return bytes((0x80, kind)).ljust(HEAD_BYTES, b"\0")
