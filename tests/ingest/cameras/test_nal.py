import contextlib
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras import nal
from ingest.cameras.sps import parse_sps
from models.kit.errors import InvalidInput
from tests.ingest.encoded import HEIGHT, WIDTH, read_clip, write_clip

SPS_720 = bytes.fromhex("6764001facd9405005bb011000000300100000030320f1831960")  # High


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b"noise without any start code", []),
        (b"\x00\x00\x00\x01\x67\x01\x00\x00\x01\x68\x02", [b"\x67\x01", b"\x68\x02"]),
        (b"\x00\x00\x01\x65\x80\x00\x00\x00", [b"\x65\x80"]),  # trailing zeros are padding
        (b"junk\x00\x00\x01\x65\x01", [b"\x65\x01"]),
    ],
)
def test_split_annex_b(stream: bytes, expected: list[bytes]) -> None:
    assert nal.split_annex_b(stream) == expected


def test_avcc_leaves_out_parameter_sets_and_delimiters() -> None:
    avcc = nal.to_avcc([b"\x09\xf0", b"\x67aa", b"\x68bb", b"\x06cc", b"\x65dd"])
    assert nal.split_avcc(avcc) == [b"\x06cc", b"\x65dd"]


def test_cut_avcc_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is cut"):
        nal.split_avcc(b"\x00\x00\x00\x09\x65")


@pytest.mark.parametrize("b_frames", [0, 2])
def test_parameters_agree_with_ffmpeg(tmp_path: Path, b_frames: int) -> None:
    path = write_clip(tmp_path / "clip.mp4", pictures=12, b_frames=b_frames)
    with av.open(str(path)) as container:
        wanted = container.streams.video[0].codec_context.extradata
    units = {nal.nal_type(unit): unit for unit in read_clip(path)[0].nals}
    found = nal.stream_parameters(units[nal.SPS], units[nal.PPS])
    assert found.avcc_config == wanted
    assert (found.width, found.height) == (WIDTH, HEIGHT)
    assert found.has_b_frames is bool(b_frames)
    assert found.codec == f"avc1.{units[nal.SPS][1:4].hex()}"


def test_high_profile_with_cropping_is_read() -> None:
    found = parse_sps(SPS_720)
    assert (found.profile, found.width, found.height) == (100, 1280, 720)


@given(st.binary(max_size=64))
def test_noise_is_refused_by_name(noise: bytes) -> None:
    with contextlib.suppress(InvalidInput):
        parse_sps(b"\x67" + noise)
    nal.split_annex_b(noise)
