"""The video codecs that are received and recorded, as one table. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ingest.cameras import hevc, nal
from ingest.cameras.access_unit import StreamParameters


@dataclass(frozen=True, slots=True)
class VideoCodec:
    """How to read a codec's NAL units.

    Attributes:
        name: for a person.
        nal_type: of a NAL unit that is not empty.
        keys: types of the NAL units at which decoding may start.
        sets: types of the parameter sets, in the order that ``describe`` wants them.
        left_out: types that samples do not hold: parameter sets, delimiters, filler.
        slices: types of the NAL units that hold parts of a picture.
        first_slice_at: the byte of a slice whose first bit says that it begins its picture.
        describe: (parameter sets, pictures out of order were seen) to the parameters of a
            stream; raises InvalidInput where they cannot be read.
    """

    name: str
    nal_type: Callable[[bytes], int]
    keys: frozenset[int]
    sets: tuple[int, ...]
    left_out: frozenset[int]
    slices: frozenset[int]
    first_slice_at: int
    describe: Callable[[tuple[bytes, ...], bool], StreamParameters]


def _describe_h264(sets: tuple[bytes, ...], reordered: bool) -> StreamParameters:
    sps, pps = sets
    return nal.stream_parameters(sps, pps, reordered=reordered)


def _describe_h265(sets: tuple[bytes, ...], reordered: bool) -> StreamParameters:
    vps, sps, pps = sets
    return hevc.stream_parameters(vps, sps, pps, reordered=reordered)


H264 = VideoCodec(
    "H.264",
    nal.nal_type,
    frozenset({nal.IDR}),
    (nal.SPS, nal.PPS),
    frozenset({nal.SPS, nal.PPS, nal.DELIMITER, nal.FILLER}),
    frozenset({nal.SLICE, nal.IDR}),
    1,
    _describe_h264,
)
H265 = VideoCodec(
    "H.265",
    hevc.nal_type,
    frozenset(hevc.RANDOM_ACCESS),
    (hevc.VPS, hevc.SPS, hevc.PPS),
    frozenset(
        {
            hevc.VPS,
            hevc.SPS,
            hevc.PPS,
            hevc.DELIMITER,
            hevc.END_OF_SEQUENCE,
            hevc.END_OF_STREAM,
            hevc.FILLER,
        }
    ),
    frozenset(range(hevc.VPS)),
    2,
    _describe_h265,
)

CODECS: Mapping[str, VideoCodec] = {"h264": H264, "hevc": H265}
"""By FFmpeg's name."""
