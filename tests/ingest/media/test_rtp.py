"""Access units cut for RTP can be put together again by RFC 6184, byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.media import rtp

nal_units = st.binary(min_size=1, max_size=6000).map(
    lambda raw: bytes([raw[0] & 0x60 | 1 + raw[0] % 12]) + raw[1:]
)


def assemble(payloads: list[bytes]) -> list[bytes]:
    """What a receiver does."""
    nals: list[bytes] = []
    open_nal = b""
    for payload in payloads:
        kind = payload[0] & 0x1F
        if kind == 24:
            offset = 1
            while offset < len(payload):
                size = int.from_bytes(payload[offset : offset + 2], "big")
                nals.append(payload[offset + 2 : offset + 2 + size])
                offset += 2 + size
        elif kind == 28:
            if payload[1] & 0x80:
                assert not open_nal
                open_nal = bytes([payload[0] & 0xE0 | payload[1] & 0x1F])
            open_nal += payload[2:]
            if payload[1] & 0x40:
                nals.append(open_nal)
                open_nal = b""
        else:
            nals.append(payload)
    assert not open_nal
    return nals


@given(st.lists(nal_units, max_size=8))
def test_every_nal_arrives_whole_and_in_order(nals: list[bytes]) -> None:
    cut = rtp.payloads(nals)
    assert all(0 < len(payload) <= rtp.PAYLOAD_BYTES for payload in cut)
    assert assemble(cut) == nals


@pytest.mark.parametrize("length", range(1195, 1206))
def test_the_edge_between_whole_and_cut(length: int) -> None:
    nal = b"\x65" + bytes(length - 1)
    cut = rtp.payloads([nal])
    assert assemble(cut) == [nal]
    assert (len(cut) == 1) == (length <= rtp.PAYLOAD_BYTES)


def test_parameter_sets_travel_together() -> None:
    assert len(rtp.payloads([b"\x67sps", b"\x68pps"])) == 1


@given(st.lists(nal_units, max_size=5))
def test_avcc_is_taken_apart(nals: list[bytes]) -> None:
    avcc = b"".join(len(nal).to_bytes(4, "big") + nal for nal in nals)
    assert rtp.split_avcc(avcc) == nals


@given(st.binary(max_size=60))
def test_noise_is_taken_apart_without_harm(noise: bytes) -> None:
    assert sum(4 + len(nal) for nal in rtp.split_avcc(noise)) <= len(noise)


@pytest.mark.parametrize(
    ("count", "newest", "expected"),
    [
        (0, 900, []),
        (1, 900, [900]),
        (3, 900, [720, 810, 900]),
        (2, 10, [2**32 - 80, 10]),  # the clock wrapped inside the cache
    ],
)
def test_cached_pictures_end_at_the_newest(count: int, newest: int, expected: list[int]) -> None:
    assert rtp.join_timestamps(count, newest) == expected
