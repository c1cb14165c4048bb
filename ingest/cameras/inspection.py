"""Looks at a stream for a few seconds before it is taken in, and says plainly what is wrong."""

import asyncio
import threading
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.assembler import Assembler, CodedSound
from ingest.cameras.measure import CLOCK_OFF_S, Measured, Meter
from ingest.cameras.source import (
    AuthFailed,
    Opener,
    RtspSource,
    SourceFault,
    StreamSource,
    UnsupportedCodec,
)
from models.kit.clock import Clock
from models.kit.log import redact
from models.observations import StreamKind

LONGEST_S = 10.0
_ENOUGH_S = 5.0  # with three key pictures; cameras tell their clock within five seconds
_ENOUGH_KEYS = 3
_READ_TIMEOUT_S = 4.0
_KEY_INTERVAL_MAX_S = 4.0
_SUB_PIXELS_MAX = 1280 * 720


class Level(StrEnum):
    GOOD = "good"
    WARNING = "warning"  # it works, but not as well as it could
    ERROR = "error"  # it cannot be used so


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding; ``parameters`` are the numbers and words of its sentence."""

    level: Level
    code: str
    parameters: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was seen. None: not seen.

    Attributes:
        url: without user and password.
        transport: tcp, udp or http.
        parameters: codec, size, B-frames.
        measured: pictures a second, key interval, clock, sound.
        kbit_s: of the video.
        seconds: how long it was looked at, without opening.
        verdicts: at least one; the worst first.
    """

    url: str
    transport: str
    parameters: StreamParameters | None
    measured: Measured
    kbit_s: float | None
    seconds: float
    verdicts: tuple[Verdict, ...]

    @property
    def usable(self) -> bool:
        return all(verdict.level is not Level.ERROR for verdict in self.verdicts)


@dataclass(slots=True)
class Seen:
    """What was seen so far; filled in by the watching thread."""

    parameters: StreamParameters | None = None
    measured: Measured = field(default_factory=Measured)
    keys: int = 0
    bytes: int = 0
    seconds: float = 0.0
    fault: SourceFault | None = None
    odd_sound: str = ""

    def take(self, parameters: StreamParameters | None, unit: AccessUnit) -> None:
        self.parameters = parameters or self.parameters
        self.keys += unit.key
        self.bytes += len(unit.avcc)


async def inspect(
    url: str,
    *,
    clock: Clock,
    kind: StreamKind | None = None,
    transport: str = "tcp",
    opener: Opener = RtspSource,
    longest_s: float = LONGEST_S,
) -> Inspection:
    """Open a stream and watch it for at most ``longest_s``; never raises for what a camera does.

    Args:
        url: rtsp://user:password@…; the answer holds it without the password.
        clock: the node's.
        kind: what the stream is to be, where that is known: main and sub are judged differently.
        transport: tcp, udp or http.
        opener: opens the URL; the node's own refuses addresses outside its networks.
        longest_s: seconds of watching; opening may take five more.
    """
    stop = threading.Event()
    seen = Seen()
    try:
        await asyncio.to_thread(_look, seen, stop, url, transport, opener, clock, longest_s)
    finally:
        stop.set()
    kbit_s = seen.bytes * 8 / 1000 / seen.seconds if seen.seconds else None
    return Inspection(
        url=redact(url),
        transport=transport,
        parameters=seen.parameters,
        measured=seen.measured,
        kbit_s=None if kbit_s is None else round(kbit_s, 1),
        seconds=round(seen.seconds, 1),
        verdicts=judge(seen, kind),
    )


def _look(
    seen: Seen,
    stop: threading.Event,
    url: str,
    transport: str,
    opener: Opener,
    clock: Clock,
    longest_s: float,
) -> None:
    """Fill ``seen`` until it is enough. Blocks; runs in a thread."""
    try:
        source = opener(url, min(_READ_TIMEOUT_S, longest_s), transport)
    except SourceFault as fault:
        seen.fault = fault
        return
    try:
        _watch(seen, stop, source, clock, longest_s)
    except SourceFault as fault:
        seen.fault = fault
    finally:
        source.close()


def _watch(
    seen: Seen, stop: threading.Event, source: StreamSource, clock: Clock, longest_s: float
) -> None:
    assembler = Assembler(codec=source.codec)
    meter = Meter(source.audio.codec if source.audio else None)
    seen.odd_sound = source.odd_sound
    assembler.offer_parameters(source.parameter_sets())
    began = clock.monotonic()
    for piece in source.pieces(stop):
        if isinstance(piece, CodedSound):
            continue
        parameters, unit = assembler.push(piece, clock.now().timestamp())
        seen.seconds = clock.monotonic() - began
        if unit is not None:
            seen.take(parameters, unit)
            if unit.key:
                seen.measured = meter.key(unit, piece.camera_s) or seen.measured
        enough = seen.keys >= _ENOUGH_KEYS and seen.seconds >= _ENOUGH_S
        if enough or seen.seconds >= longest_s:
            return


def judge(seen: Seen, kind: StreamKind | None) -> tuple[Verdict, ...]:
    """Return what is to be said of a stream, the worst first. Pure."""
    if seen.fault is not None:
        return (Verdict(Level.ERROR, _code(seen.fault), {"reason": str(seen.fault)}),)
    parameters = seen.parameters
    if parameters is None:
        return (Verdict(Level.ERROR, "no_key_picture", {"seconds": round(seen.seconds, 1)}),)
    found = [
        *_codec(parameters, kind),
        *_pace(seen.measured, seen.seconds),
        *_clock(seen.measured),
    ]
    if kind is StreamKind.SUB and parameters.width * parameters.height > _SUB_PIXELS_MAX:
        size: dict[str, float | str] = {"width": parameters.width, "height": parameters.height}
        found.append(Verdict(Level.WARNING, "sub_too_large", size))
    if seen.odd_sound:
        found.append(Verdict(Level.WARNING, "audio_odd", {"codec": seen.odd_sound}))
    order = {Level.ERROR: 0, Level.WARNING: 1, Level.GOOD: 2}
    found.sort(key=lambda verdict: order[verdict.level])
    return tuple(found) or (Verdict(Level.GOOD, "good"),)


def _code(fault: SourceFault) -> str:
    if isinstance(fault, AuthFailed):
        return "auth_failed"
    return "unsupported_codec" if isinstance(fault, UnsupportedCodec) else "unreachable"


def _codec(parameters: StreamParameters, kind: StreamKind | None) -> list[Verdict]:
    found: list[Verdict] = []
    if not parameters.playable:
        sub = kind is StreamKind.SUB
        level = Level.ERROR if sub else Level.WARNING
        found.append(Verdict(level, "h265_sub" if sub else "h265_main"))
    elif parameters.has_b_frames:
        found.append(Verdict(Level.WARNING, "b_frames"))
    return found


def _pace(measured: Measured, seconds: float) -> list[Verdict]:
    interval_s = measured.key_interval_s
    if interval_s is None:  # one key picture only
        interval_s = round(seconds, 1)
    if interval_s <= _KEY_INTERVAL_MAX_S:
        return []
    return [Verdict(Level.WARNING, "key_interval_long", {"seconds": interval_s})]


def _clock(measured: Measured) -> list[Verdict]:
    offset_s = measured.clock_offset_s
    if offset_s is None or abs(offset_s) < CLOCK_OFF_S:
        return []
    return [Verdict(Level.WARNING, "clock_off", {"seconds": offset_s})]
