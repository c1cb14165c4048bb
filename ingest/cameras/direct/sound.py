"""Takes a camera's sound out of RTP packets: RFC 3551 (G.711) and RFC 3640 (AAC). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.cameras.access_unit import TIMESCALE, AudioParameters
from ingest.cameras.assembler import CodedSound
from ingest.cameras.bits import Bits
from models.kit.errors import InvalidInput

_HALF, _WHOLE = 1 << 31, 1 << 32
_APART = TIMESCALE // 50  # sender reports of two tracks tremble by less
_SMOOTHING = 1 / 16
_LARGEST = 64 * 1024  # a piece of sound of more bytes is nonsense
_RATES_HZ = (
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000),
    *(22_050, 16_000, 12_000, 11_025, 8_000, 7_350),
)
_SPECTRAL_REPLICATION = (5, 29)


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """Where to ask for the sound, and how its packets are to be read.

    Attributes:
        url: of its SETUP.
        payload_type: of its RTP packets.
        clock_hz: of its RTP times.
        parameters: what the sound is.
        unit: RTP ticks of one AAC frame; 0: G.711, whose bytes are its samples.
        header_bits: of an AAC frame's size, and of its index, in front of the frames.
    """

    url: str
    payload_type: int
    clock_hz: int
    parameters: AudioParameters
    unit: int = 0
    header_bits: tuple[int, int] = (13, 3)


def aac(config: bytes, clock_hz: int) -> tuple[AudioParameters, int]:
    """Return what an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2) says, and a frame's RTP ticks.

    Raises:
        InvalidInput: it is cut short, or leaves the channels to the frames.
    """
    bits = Bits(config)
    kind = bits.take(5)
    core_hz = shown_hz = _rate(bits)
    channels = bits.take(4)
    if kind in _SPECTRAL_REPLICATION:
        shown_hz = _rate(bits)
        bits.take(5)
    if not 0 < channels < 8:
        raise InvalidInput("AAC whose channels its frames tell")
    samples = 960 if bits.take(1) else 1024
    parameters = AudioParameters("aac", shown_hz, 8 if channels == 7 else channels, config)
    return parameters, samples * clock_hz // core_hz


def _rate(bits: Bits) -> int:
    index = bits.take(4)
    rate_hz = bits.take(24) if index == 15 else (_RATES_HZ[index] if index < 13 else 0)
    if not rate_hz:
        raise InvalidInput("AAC without its sample rate")
    return rate_hz


class SoundReader:
    """State of one track: cuts its packets and places the pieces among the pictures.

    Both tracks' sender reports say how they belong together. Until they came, the sound begins
    with the picture that it came beside.
    """

    def __init__(self, track: SoundTrack) -> None:
        self._track = track
        self._ticks_a_sample = TIMESCALE / track.clock_hz
        self._stamp: int | None = None
        self._samples = 0  # since the first packet, by the camera's RTP clock
        self._shift: float | None = None  # from the sound's ticks to those of the pictures
        self._report: tuple[float, int] | None = None  # the camera's Unix time, RTP time
        self._sequence = -1
        self._part = b""  # of an AAC frame that several packets carry
        self._part_size = 0

    def report(self, at_s: float, stamp: int) -> None:
        """Take a sender report of this track."""
        self._report = at_s, stamp

    def take(
        self, packet: bytes, at: int, picture: int, origin_s: float | None
    ) -> Iterator[CodedSound]:
        """Yield the pieces in a packet.

        Args:
            packet: RTP, without padding.
            at: where its payload begins.
            picture: ticks of the picture that came last.
            origin_s: the camera's Unix time of a picture at 0 ticks; None: not told yet.
        """
        if packet[1] & 0x7F != self._track.payload_type:
            return
        sequence = packet[2] << 8 | packet[3]
        if sequence != self._sequence:
            self._part = b""
        self._sequence = sequence + 1 & 0xFFFF
        stamp = int.from_bytes(packet[4:8], "big")
        if self._stamp is not None:
            self._samples += (stamp - self._stamp + _HALF) % _WHOLE - _HALF
        self._stamp = stamp
        if self._track.unit:
            frames, lasts = self._frames(packet, at), self._track.unit
        else:
            frames = [packet[at:]]
            lasts = (len(packet) - at) // self._track.parameters.channels
        duration = round(lasts * self._ticks_a_sample)
        for number, frame in enumerate(frames):
            own = (self._samples + number * lasts) * self._ticks_a_sample
            ticks = self._placed(own, number * lasts, duration, picture, origin_s)
            yield CodedSound(ticks, duration, frame)

    def _frames(self, packet: bytes, at: int) -> list[bytes]:
        """Return the whole AAC frames; the part of one is kept for the next packet."""
        size_bits, index_bits = self._track.header_bits
        width = size_bits + index_bits
        headers = int.from_bytes(packet[at : at + 2], "big")
        begin = at + 2 + (headers + 7) // 8
        if not width or headers < width or begin >= len(packet):
            return []
        value = int.from_bytes(packet[at + 2 : begin], "big") >> (-headers % 8)
        sizes = [
            value >> (headers - width * (n + 1) + index_bits) & ((1 << size_bits) - 1)
            for n in range(headers // width)
        ]
        if len(sizes) == 1 and sizes[0] > len(packet) - begin:
            return self._joined(packet[begin:], sizes[0])
        frames = []
        for size in sizes:
            frame = packet[begin : begin + size]
            begin += size
            if size and len(frame) == size:
                frames.append(frame)
        return frames

    def _joined(self, part: bytes, size: int) -> list[bytes]:
        if size != self._part_size or size > _LARGEST:
            self._part = b""
        self._part_size = size
        self._part += part
        if len(self._part) < size:
            return []
        frame, self._part = self._part[:size], b""
        return [frame]

    def _placed(
        self, own: float, behind: int, duration: int, picture: int, origin_s: float | None
    ) -> int:
        """Return the ticks of a piece that begins ``behind`` samples after its packet's time."""
        shift = picture - own if self._shift is None else self._shift
        if self._report is not None and origin_s is not None and self._stamp is not None:
            at_s, stamp = self._report
            since = (self._stamp - stamp + _HALF) % _WHOLE - _HALF + behind
            told = (at_s + since / self._track.clock_hz - origin_s) * TIMESCALE
            off = told - (own + shift)
            # A step back is taken in parts, so that no piece comes before the one before it.
            shift += off * _SMOOTHING if abs(off) < _APART else max(off, -duration / 2)
        self._shift = shift
        return round(own + shift)
