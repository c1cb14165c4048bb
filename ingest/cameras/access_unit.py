"""What a camera's stream is made of once it is inside: parameters and access units. Pure."""

from dataclasses import dataclass

TIMESCALE = 90_000  # ticks a second of every media time in this room


@dataclass(frozen=True, slots=True)
class StreamParameters:
    """What a decoder must know before the first picture.

    Attributes:
        codec: RFC 6381 string, e.g. ``avc1.42e01f`` or ``hvc1.1.6.L93.b0``.
        width: in pixels, after cropping.
        height: in pixels, after cropping.
        avcc_config: body of the ``avcC`` box (AVCDecoderConfigurationRecord); of ``hvcC`` where
            the stream is H.265.
        sps: sequence parameter set, without start code or length.
        pps: picture parameter set, without start code or length.
        has_b_frames: pictures come in another order than they are shown; WebRTC cannot carry that.
        vps: video parameter set of H.265; empty for H.264.
    """

    codec: str
    width: int
    height: int
    avcc_config: bytes
    sps: bytes
    pps: bytes
    has_b_frames: bool
    vps: bytes = b""

    @property
    def playable(self) -> bool:
        """Browsers show it: H.264. H.265 is recorded, but played only outside of browsers."""
        return self.codec.startswith("avc1.")


@dataclass(slots=True)
class AccessUnit:
    """One coded picture.

    Never changed once it is made; it is not frozen, since freezing triples what making one costs.

    Attributes:
        sequence: counts up by one a picture of this feed, across reconnections.
        dts: decoding time: Unix time × 90 000; strictly grows within a feed.
        cts: presentation minus decoding time, 90 kHz; may be negative.
        duration: expected ticks until the next picture (the previous distance).
        key: decoding may start here (IDR; with H.265 also CRA and BLA).
        avcc: NAL units, each behind its length as 4 bytes big-endian; without VPS, SPS, PPS, AUD.
        received_at: Unix seconds of its arrival at this node.
    """

    sequence: int
    dts: int
    cts: int
    duration: int
    key: bool
    avcc: bytes
    received_at: float

    @property
    def shown_at(self) -> float:
        """Unix seconds of the picture."""
        return (self.dts + self.cts) / TIMESCALE


@dataclass(frozen=True, slots=True)
class AudioParameters:
    """The sound that is kept.

    Attributes:
        codec: FFmpeg's name: ``aac``, ``pcm_alaw`` or ``pcm_mulaw`` (G.711).
        sample_rate: Hz.
        channels: 1 or more.
        config: AudioSpecificConfig of AAC; empty for G.711.
    """

    codec: str
    sample_rate: int
    channels: int
    config: bytes


@dataclass(frozen=True, slots=True)
class AudioUnit:
    """One piece of sound; ``dts`` and ``duration`` in the same ticks as those of the pictures."""

    dts: int
    duration: int
    payload: bytes
