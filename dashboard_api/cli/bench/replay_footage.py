"""Footage with burned-in counters, written by the product's own segmenter at made-up times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from ingest.cameras import nal
from ingest.cameras.access_unit import TIMESCALE, AccessUnit, StreamParameters
from ingest.recordings.disk import Disk
from ingest.recordings.facts import SegmentFact, StreamKey
from ingest.recordings.segmenter import Gop, Segmenter
from ingest.simulated.loops import LoopSpec, make_loop
from models.kit.clock import SystemClock

_SEGMENT_S = 10.0


@dataclass(frozen=True, slots=True)
class Footage:
    """A recorded loop.

    Attributes:
        spec: of the loop; its counter begins anew each ``spec.pictures``.
        start_s: Unix seconds of the first picture, which has counter 0.
        seconds: how long it was recorded.
        facts: its files, oldest first.
    """

    spec: LoopSpec
    start_s: float
    seconds: float
    facts: list[SegmentFact]

    def first_at_or_after(self, at_s: float) -> int:
        """Return the counter of the picture that an exact seek shows.

        Instants are rounded to milliseconds on their way, so one 1.5 ms before counts as there.
        """
        half_ms = 2 * round((at_s - self.start_s) * 1000) - 3
        return -(-half_ms * self.spec.fps // 2000) % self.spec.pictures

    def error(self, counter: int, at_s: float) -> int:
        """Return how many pictures ``counter`` lies away from the one meant."""
        apart = abs(counter - self.first_at_or_after(at_s))
        return min(apart, self.spec.pictures - apart)


def record(
    root: Path, clips: Path, stream: StreamKey, spec: LoopSpec, start_s: float, seconds: float
) -> Footage:
    """Write the loop again and again, as fast as the disk takes it. Blocks."""
    parameters, loop = _read(make_loop(clips, spec))
    disk = Disk(root, SystemClock(), reserve_bytes=0)
    segmenter = Segmenter(disk, stream, segment_s=_SEGMENT_S)
    facts = []
    for gop in _gops(parameters, loop, spec, start_s, seconds):
        facts += segmenter.write(gop)
    facts += segmenter.close()
    closed = [fact for fact in facts if isinstance(fact, SegmentFact) and fact.closed]
    return Footage(spec, start_s, seconds, closed)


def _read(path: Path) -> tuple[StreamParameters, list[bytes]]:
    """Return a loop's parameters and its pictures as AVCC, in order."""
    sps = pps = b""
    loop: list[bytes] = []
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        to_annex_b = av.BitStreamFilterContext("h264_mp4toannexb", video)
        for demuxed in container.demux(video):
            for packet in to_annex_b.filter(demuxed) if demuxed.size else ():
                units = nal.split_annex_b(bytes(packet))
                sps = next((u for u in units if nal.nal_type(u) == nal.SPS), sps)
                pps = next((u for u in units if nal.nal_type(u) == nal.PPS), pps)
                loop.append(nal.to_avcc(units))
    return nal.stream_parameters(sps, pps), loop


def _gops(
    parameters: StreamParameters,
    loop: Sequence[bytes],
    spec: LoopSpec,
    start_s: float,
    seconds: float,
) -> Iterator[Gop]:
    step = TIMESCALE // spec.fps
    begin = round(start_s * TIMESCALE)
    for first in range(0, round(seconds * spec.fps), spec.gop_pictures):
        units = [
            AccessUnit(
                sequence=number,
                dts=begin + number * step,
                cts=0,
                duration=step,
                key=number == first,
                avcc=loop[number % len(loop)],
                received_at=start_s + number / spec.fps,
            )
            for number in range(first, first + spec.gop_pictures)
        ]
        yield Gop(parameters, units, units[-1].dts + step)
