"""What an operator makes a simulated camera do wrong with its packets and its clock; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from ingest.simulated.rtp import HEADERS_LENGTH


@dataclass(slots=True)
class Faults:
    """A camera's present faults.

    Attributes:
        drop_percent: of its RTP packets never arrive.
        garbage_percent: of its RTP packets carry noise instead of pictures.
        clock_shift: 90 kHz ticks that its clock is wrong by, in RTP and in its reports.
    """

    drop_percent: float = 0.0
    garbage_percent: float = 0.0
    clock_shift: int = 0

    @property
    def spoil_packets(self) -> bool:
        return self.drop_percent > 0 or self.garbage_percent > 0

    def spoiled(self, wire: bytearray, starts: Sequence[int], random: Random) -> bytearray:
        """Return the framed packets that ``starts`` begin, less the dropped, some with noise."""
        out = bytearray()
        for start, end in pairwise([*starts, len(wire)]):
            if random.random() * 100 < self.drop_percent:
                continue
            if random.random() * 100 < self.garbage_percent:
                body = start + HEADERS_LENGTH
                out += wire[start:body] + random.randbytes(end - body)
            else:
                out += wire[start:end]
        return out
