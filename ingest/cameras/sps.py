"""Reads an H.264 sequence parameter set. Pure."""

from dataclasses import dataclass

from ingest.cameras.bits import Bits
from models.kit.errors import InvalidInput

_SPS = 7
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128})


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What an SPS says. ``reorder_frames`` is None where the stream does not tell."""

    profile: int
    constraints: int
    level: int
    chroma_format: int
    luma_bits: int
    chroma_bits: int
    width: int
    height: int
    reorder_frames: int | None


def parse_sps(sps: bytes) -> SequenceParameters:
    """Read a sequence parameter set (ITU-T H.264, 7.3.2.1.1).

    Raises:
        InvalidInput: the bytes are no whole sequence parameter set.
    """
    if len(sps) < 4 or sps[0] & 0x1F != _SPS:
        msg = "not a sequence parameter set"
        raise InvalidInput(msg)
    bits = Bits(sps[1:])
    profile, constraints, level = bits.take(8), bits.take(8), bits.take(8)
    bits.unsigned()  # seq_parameter_set_id
    chroma_format, luma_bits, chroma_bits, separate_planes = 1, 8, 8, 0
    if profile in _HIGH_PROFILES:
        chroma_format = bits.unsigned()
        separate_planes = bits.take(1) if chroma_format == 3 else 0
        luma_bits, chroma_bits = 8 + bits.unsigned(), 8 + bits.unsigned()
        bits.take(1)  # lossless transform bypass
        if bits.take(1):
            for index in range(8 if chroma_format != 3 else 12):
                if bits.take(1):
                    _skip_scaling_list(bits, 16 if index < 6 else 64)
    bits.unsigned()  # log2_max_frame_num_minus4
    _skip_order_count(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.take(1)  # gaps_in_frame_num_allowed
    width, map_units = (bits.unsigned() + 1) * 16, bits.unsigned() + 1
    frames_only = bits.take(1)
    height = map_units * 16 * (2 - frames_only)
    if not frames_only:
        bits.take(1)  # mb_adaptive_frame_field
    bits.take(1)  # direct_8x8_inference
    if bits.take(1):
        crop = [bits.unsigned() for _ in range(4)]  # left, right, top, bottom
        has_chroma = chroma_format != 0 and not separate_planes
        unit_x = 2 if has_chroma and chroma_format in (1, 2) else 1
        unit_y = (2 if has_chroma and chroma_format == 1 else 1) * (2 - frames_only)
        width -= unit_x * (crop[0] + crop[1])
        height -= unit_y * (crop[2] + crop[3])
    if width <= 0 or height <= 0:
        msg = f"sequence parameter set describes a {width}x{height} picture"
        raise InvalidInput(msg)
    reorder = _reorder_frames(bits) if bits.take(1) else None
    return SequenceParameters(
        profile,
        constraints,
        level,
        chroma_format,
        luma_bits,
        chroma_bits,
        width,
        height,
        0 if profile == 66 else reorder,
    )


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last, following = 8, 8
    for _ in range(size):
        if following:
            following = (last + bits.signed() + 256) % 256
        last = following or last


def _skip_order_count(bits: Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()
    elif kind == 1:
        bits.take(1)
        bits.signed()
        bits.signed()
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()


def _reorder_frames(bits: Bits) -> int | None:
    """Read the VUI up to ``max_num_reorder_frames``."""
    _skip_display(bits)
    if bits.take(1):
        bits.take(65)  # timing
    hrds = 0
    for _ in range(2):  # NAL and VCL
        if bits.take(1):
            hrds += 1
            _skip_hrd(bits)
    if hrds:
        bits.take(1)  # low_delay_hrd
    bits.take(1)  # pic_struct_present
    if not bits.take(1):
        return None
    bits.take(1)
    for _ in range(4):
        bits.unsigned()
    return bits.unsigned()


def _skip_display(bits: Bits) -> None:
    if bits.take(1) and bits.take(8) == 255:
        bits.take(32)  # sample aspect ratio
    if bits.take(1):
        bits.take(1)  # overscan
    if bits.take(1):
        bits.take(4)  # video format, full range
        if bits.take(1):
            bits.take(24)  # colours
    if bits.take(1):
        bits.unsigned()  # chroma sample location
        bits.unsigned()


def _skip_hrd(bits: Bits) -> None:
    count = min(bits.unsigned(), 31) + 1
    bits.take(8)
    for _ in range(count):
        bits.unsigned()
        bits.unsigned()
        bits.take(1)
    bits.take(20)
