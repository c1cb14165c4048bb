"""Pictures read back from a fragment are what was written, also beside a second track."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.recordings.fmp4 import Sample, fragment, init_segment
from ingest.recordings.iso_box import box, full_box
from ingest.recordings.samples import decoding, pictures
from models.kit.errors import InvalidInput
from tests.ingest.media import footage

SAMPLES = [
    Sample(9000, True, 0, b"key picture"),
    Sample(9000, False, 9000, b"b"),
    Sample(4500, False, -9000, b""),
]


def test_what_was_written_is_read() -> None:
    whole = fragment(1, 1_000_000, SAMPLES)
    found = pictures(whole)
    assert [whole[p.offset : p.offset + p.length] for p in found] == [s.avcc for s in SAMPLES]
    assert [p.key for p in found] == [True, False, False]
    assert [p.dts for p in found] == [1_000_000, 1_009_000, 1_018_000]
    assert [p.shown - p.dts for p in found] == [0, 9000, -9000]


def test_a_second_track_is_left_out() -> None:
    whole = fragment(1, 1_000_000, SAMPLES)
    audio = box(
        b"traf",
        full_box(b"tfhd", 0, 0x20000, struct.pack(">I", 2)),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", 5)),
        full_box(b"trun", 0, 0x301, struct.pack(">IiII", 1, 0, 1024, 4)),
    )
    (length,) = struct.unpack_from(">I", whole)
    both = struct.pack(">I4s", length + len(audio), b"moof") + whole[8:length] + audio
    moved = both.replace(struct.pack(">i", length + 8), struct.pack(">i", len(both) + 8), 1)
    found = pictures(moved + whole[length:])
    assert [p.length for p in found] == [len(s.avcc) for s in SAMPLES]
    first = found[0]
    assert (moved + whole[length:])[first.offset :].startswith(b"key picture")


def test_how_to_decode() -> None:
    parameters, _ = footage.clip(2)
    found = decoding(init_segment(parameters))
    assert (found.width, found.height) == (footage.WIDTH, footage.HEIGHT)
    assert found.avcc_config == parameters.avcc_config


@given(st.binary(max_size=200) | st.integers(0, 300).map(lambda n: fragment(1, 0, SAMPLES)[:n]))
def test_noise_is_refused(noise: bytes) -> None:
    whole = fragment(1, 0, SAMPLES)
    if noise == whole:
        return
    with pytest.raises(InvalidInput):
        pictures(noise)
    with pytest.raises(InvalidInput):
        decoding(noise)
