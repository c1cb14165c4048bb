"""A pre-encoded clip, cut into RTP payloads once so that playing it costs next to nothing."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import av
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

from ingest.simulated.rtp import (
    CLOCK_HZ,
    PAYLOAD_TYPE,
    FramedPicture,
    framed_picture,
    h264_payloads,
    h265_payloads,
    plain_payloads,
    split_annex_b,
)
from models.kit.errors import InvalidInput

VideoPacket: TypeAlias = "Packet[VideoStream]"

_H264_SPS, _H264_PPS, _H264_AUD = 7, 8, 9


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture in decoding order. Times are 90 kHz ticks from the start of the clip."""

    decode_at: int
    show_at: int
    key: bool
    payloads: tuple[bytes, ...]
    size: int  # bytes of all payloads


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A loop of pictures; ``media_lines`` are the SDP lines that describe its codec."""

    pictures: tuple[Picture, ...]
    duration: int
    media_lines: tuple[str, ...]
    _framed: dict[int, tuple[FramedPicture, ...]] = field(default_factory=dict)

    def framed(self, channel: int) -> tuple[FramedPicture, ...]:
        """Return every picture framed for a channel; shared by all cameras that play this clip."""
        if channel not in self._framed:
            cut = (framed_picture(picture.payloads, channel) for picture in self.pictures)
            self._framed[channel] = tuple(cut)
        return self._framed[channel]

    @property
    def key_indexes(self) -> tuple[int, ...]:
        return tuple(n for n, picture in enumerate(self.pictures) if picture.key)


def load_clip(path: Path) -> Clip:
    """Read a clip file. Raises InvalidInput when it has no video that a camera could send."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            packets = _packets(container.demux(stream), stream)
            rate = float(stream.average_rate or 25)
            codec = stream.codec_context.name
            extradata = stream.codec_context.extradata or b""
            tick = float(stream.time_base or 0) * CLOCK_HZ
    except (av.FFmpegError, IndexError) as error:
        raise InvalidInput(f"{path} cannot be played as a camera: {error}") from error
    if not packets:
        raise InvalidInput(f"{path} has no pictures; render it again")
    first = packets[0].dts or 0
    pictures = tuple(_picture(packet, first, tick, codec) for packet in packets)
    duration = pictures[-1].decode_at + round(CLOCK_HZ / rate)
    return Clip(pictures, duration, _media_lines(codec, bytes(packets[0]), extradata))


def _packets(demuxed: Iterable[VideoPacket], stream: VideoStream) -> list[VideoPacket]:
    packets = [packet for packet in demuxed if packet.size]
    name = stream.codec_context.name
    if name not in {"h264", "hevc"}:
        return packets
    to_annex_b = BitStreamFilterContext(f"{name}_mp4toannexb", stream)
    return [out for packet in packets for out in to_annex_b.filter(packet)]


def _picture(packet: VideoPacket, first: int, tick: float, codec: str) -> Picture:
    payloads = _payloads(codec, bytes(packet))
    return Picture(
        decode_at=round(((packet.dts or 0) - first) * tick),
        show_at=round(((packet.pts or 0) - first) * tick),
        key=packet.is_keyframe,
        payloads=payloads,
        size=sum(map(len, payloads)),
    )


def _payloads(codec: str, picture: bytes) -> tuple[bytes, ...]:
    if codec == "h264":
        units = [u for u in split_annex_b(picture) if u[0] & 0x1F != _H264_AUD]
        return tuple(p for unit in units for p in h264_payloads(unit))
    if codec == "hevc":
        return tuple(p for unit in split_annex_b(picture) for p in h265_payloads(unit))
    return tuple(plain_payloads(picture))


def _media_lines(codec: str, first_picture: bytes, extradata: bytes) -> tuple[str, ...]:
    if codec == "hevc":
        return (f"a=rtpmap:{PAYLOAD_TYPE} H265/{CLOCK_HZ}",)
    if codec == "mpeg4":
        config = f"profile-level-id=1; config={extradata.hex()}"
        return (
            f"a=rtpmap:{PAYLOAD_TYPE} MP4V-ES/{CLOCK_HZ}",
            f"a=fmtp:{PAYLOAD_TYPE} {config}",
        )
    if codec != "h264":
        raise InvalidInput(f"a simulated camera cannot send {codec}; use H.264, H.265 or MPEG-4")
    units = split_annex_b(first_picture)
    sps = next((u for u in units if u[0] & 0x1F == _H264_SPS), None)
    pps = next((u for u in units if u[0] & 0x1F == _H264_PPS), None)
    if sps is None or pps is None:
        raise InvalidInput("the H.264 clip has no parameter sets before its first picture")
    sets = ",".join(base64.b64encode(unit).decode() for unit in (sps, pps))
    return (
        f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}",
        f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1; profile-level-id={sps[1:4].hex()}; "
        f"sprop-parameter-sets={sets}",
    )
