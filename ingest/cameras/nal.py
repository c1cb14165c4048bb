"""H.264 as bytes: Annex B to AVCC, and what a decoder must be told first. Pure."""

from collections.abc import Iterable

from ingest.cameras.access_unit import StreamParameters
from ingest.cameras.sps import parse_sps
from models.kit.errors import InvalidInput

SLICE, IDR, SEI, SPS, PPS, DELIMITER, FILLER = 1, 5, 6, 7, 8, 9, 12
_OUT_OF_BAND = frozenset({SPS, PPS, DELIMITER, FILLER})


def nal_type(nal: bytes) -> int:
    return nal[0] & 0x1F


def split_annex_b(stream: bytes) -> list[bytes]:
    """Return the NAL units between start codes; bytes before the first start code are ignored."""
    nals: list[bytes] = []
    mark = stream.find(b"\x00\x00\x01")
    while mark >= 0:
        begin = mark + 3
        mark = stream.find(b"\x00\x00\x01", begin)
        nal = stream[begin : mark if mark >= 0 else len(stream)].rstrip(b"\x00")
        if nal:
            nals.append(nal)
    return nals


def to_avcc(nals: Iterable[bytes]) -> bytes:
    """Return the NAL units behind 4-byte lengths, without SPS, PPS, delimiters and filler."""
    parts: list[bytes] = []
    for nal in nals:
        if nal_type(nal) not in _OUT_OF_BAND:
            parts += (len(nal).to_bytes(4, "big"), nal)
    return b"".join(parts)


def split_avcc(avcc: bytes) -> list[bytes]:
    """Return the NAL units of an AVCC access unit.

    Raises:
        InvalidInput: a length points past the end.
    """
    nals: list[bytes] = []
    at = 0
    while at < len(avcc):
        begin = at + 4
        at = begin + int.from_bytes(avcc[at:begin], "big")
        if at > len(avcc):
            msg = f"access unit is cut: a NAL unit ends at byte {at} of {len(avcc)}"
            raise InvalidInput(msg)
        nals.append(avcc[begin:at])
    return nals


def stream_parameters(sps: bytes, pps: bytes, *, reordered: bool = False) -> StreamParameters:
    """Return what a decoder must know. ``reordered``: pictures out of order were seen.

    Raises:
        InvalidInput: the SPS cannot be read.
    """
    seen = parse_sps(sps)
    config = b"".join(
        (
            bytes((1, seen.profile, seen.constraints, seen.level, 0xFF, 0xE1)),
            len(sps).to_bytes(2, "big"),
            sps,
            b"\x01",
            len(pps).to_bytes(2, "big"),
            pps,
        )
    )
    if seen.profile in (100, 110, 122, 144, 244):
        config += bytes(
            (0xFC | seen.chroma_format, 0xF8 | seen.luma_bits - 8, 0xF8 | seen.chroma_bits - 8, 0)
        )
    return StreamParameters(
        codec=f"avc1.{sps[1]:02x}{sps[2]:02x}{sps[3]:02x}",
        width=seen.width,
        height=seen.height,
        avcc_config=config,
        sps=sps,
        pps=pps,
        has_b_frames=reordered or bool(seen.reorder_frames),
    )
