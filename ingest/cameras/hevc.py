"""H.265 as bytes: what its NAL units are, and what a decoder must be told first. Pure.

ITU-T H.265 (7.3.1, 7.3.2, 7.3.3) and ISO/IEC 14496-15 (8.3.3.1 hvcC, annex E codec string).
"""

from dataclasses import dataclass

from ingest.cameras.access_unit import StreamParameters
from ingest.cameras.bits import Bits
from models.kit.errors import InvalidInput

VPS, SPS, PPS, DELIMITER, END_OF_SEQUENCE, END_OF_STREAM, FILLER = 32, 33, 34, 35, 36, 37, 38
RANDOM_ACCESS = range(16, 24)  # BLA, IDR, CRA and their reserved kin: decoding may start there
_PROFILE_BYTES = 12  # general_profile_space … general_level_idc
_NAMELESS = 2  # bytes of a NAL unit's header


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What an H.265 SPS says; ``profile`` is its twelve bytes of profile, tier and level."""

    profile: bytes
    layers: int
    nested: int
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    width: int
    height: int
    reorder_pictures: int


def nal_type(nal: bytes) -> int:
    return (nal[0] >> 1) & 0x3F


def parse_sps(sps: bytes) -> SequenceParameters:
    """Read a sequence parameter set up to its picture order.

    Raises:
        InvalidInput: the bytes are no whole sequence parameter set.
    """
    if len(sps) < 4 or nal_type(sps) != SPS:
        msg = "not an H.265 sequence parameter set"
        raise InvalidInput(msg)
    bits = Bits(sps[_NAMELESS:])
    bits.take(4)  # video parameter set
    more_layers, nested = bits.take(3), bits.take(1)
    profile = bits.take(8 * _PROFILE_BYTES).to_bytes(_PROFILE_BYTES, "big")
    _skip_sub_layers(bits, more_layers)
    bits.unsigned()  # sps_seq_parameter_set_id
    chroma_format = bits.unsigned()
    separate_planes = bits.take(1) if chroma_format == 3 else 0
    width, height = bits.unsigned(), bits.unsigned()
    if bits.take(1):
        left, right, top, bottom = (bits.unsigned() for _ in range(4))
        has_chroma = not separate_planes
        width -= (2 if has_chroma and chroma_format in (1, 2) else 1) * (left + right)
        height -= (2 if has_chroma and chroma_format == 1 else 1) * (top + bottom)
    luma_bits, chroma_bits = 8 + bits.unsigned(), 8 + bits.unsigned()
    bits.unsigned()  # log2_max_pic_order_cnt_lsb_minus4
    reorder = 0
    for _ in range(more_layers + 1 if bits.take(1) else 1):
        bits.unsigned()  # sps_max_dec_pic_buffering_minus1
        reorder = bits.unsigned()
        bits.unsigned()  # sps_max_latency_increase_plus1
    if not (0 < width < 1 << 16 and 0 < height < 1 << 16) or chroma_format > 3:
        msg = f"sequence parameter set describes a {width}x{height} picture"
        raise InvalidInput(msg)
    if not (luma_bits <= 16 and chroma_bits <= 16):
        msg = f"sequence parameter set describes {luma_bits} bits a sample"
        raise InvalidInput(msg)
    return SequenceParameters(
        profile,
        more_layers + 1,
        nested,
        chroma_format,
        luma_bits,
        chroma_bits,
        width,
        height,
        reorder,
    )


def stream_parameters(
    vps: bytes, sps: bytes, pps: bytes, *, reordered: bool = False
) -> StreamParameters:
    """Return what a decoder must know. ``reordered``: pictures out of order were seen.

    Raises:
        InvalidInput: the SPS cannot be read.
    """
    seen = parse_sps(sps)
    config = b"".join(
        (
            b"\x01",
            seen.profile,
            b"\xf0\x00\xfc",  # no spatial segmentation, parallelism unknown
            bytes((0xFC | seen.chroma_format, 0xF8 | seen.luma_bits - 8)),
            bytes((0xF8 | seen.chroma_bits - 8, 0, 0)),  # average frame rate unknown
            bytes((seen.layers << 3 | seen.nested << 2 | 3, 3)),
            *(
                bytes((0x80 | nal_type(nal), 0, 1)) + len(nal).to_bytes(2, "big") + nal
                for nal in (vps, sps, pps)
            ),
        )
    )
    return StreamParameters(
        codec=codec_string(config),
        width=seen.width,
        height=seen.height,
        avcc_config=config,
        sps=sps,
        pps=pps,
        has_b_frames=reordered or seen.reorder_pictures > 0,
        vps=vps,
    )


def codec_string(config: bytes) -> str:
    """Return the RFC 6381 string of a ``hvcC`` body, e.g. ``hvc1.1.6.L93.b0``; empty if cut."""
    if len(config) < 1 + _PROFILE_BYTES:
        return ""
    profile, level = config[1], config[12]
    compatible = int(f"{int.from_bytes(config[2:6], 'big'):032b}"[::-1], 2)
    space = ("", "A", "B", "C")[profile >> 6]
    tier = "H" if profile & 0x20 else "L"
    constraints = "".join(f".{byte:x}" for byte in config[6:12].rstrip(b"\x00"))
    return f"hvc1.{space}{profile & 0x1F}.{compatible:x}.{tier}{level}{constraints}"


def _skip_sub_layers(bits: Bits, count: int) -> None:
    """Skip what a profile says of its sub-layers."""
    present = [(bits.take(1), bits.take(1)) for _ in range(count)]
    if count:
        bits.take(2 * (8 - count))
    for has_profile, has_level in present:
        bits.take(88 * has_profile + 8 * has_level)
