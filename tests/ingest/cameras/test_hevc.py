import contextlib
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras import hevc
from ingest.cameras.codecs import H265
from models.kit.errors import InvalidInput
from tests.ingest.encoded import HEIGHT, WIDTH, assembled, coded, read_clip, write_clip

# A camera's 1080p H.265 main profile: 1088 lines coded, 8 of them cropped.
SPS_1080 = bytes.fromhex(
    "420101016000000300900000030000030078a003c08010e596566924caf01010000003001000000301e080"
)


@pytest.mark.parametrize("b_frames", [0, 2])
def test_parameters_agree_with_ffmpeg(tmp_path: Path, b_frames: int) -> None:
    path = write_clip(tmp_path / "x.mp4", codec="libx265", pictures=12, b_frames=b_frames)
    with av.open(str(path)) as container:
        wanted = container.streams.video[0].codec_context.extradata
    assert wanted is not None
    units = {hevc.nal_type(unit): unit for unit in read_clip(path)[0].nals}
    found = hevc.stream_parameters(units[hevc.VPS], units[hevc.SPS], units[hevc.PPS])
    # FFmpeg also fills in what is only advice: spatial segmentation, parallelism, completeness.
    assert found.avcc_config[:13] == wanted[:13]
    assert found.avcc_config[16:19] == wanted[16:19]
    assert found.avcc_config[21] & 0xFB == wanted[21] & 0xFB
    assert found.sps in wanted
    assert (found.width, found.height) == (WIDTH, HEIGHT)
    assert found.has_b_frames is bool(b_frames)
    assert not found.playable


def test_the_codec_string_is_that_of_browsers() -> None:
    config = b"\x01" + bytes.fromhex("0160000000900000000000") + bytes([93])
    assert hevc.codec_string(config) == "hvc1.1.6.L93.90"
    assert hevc.codec_string(config[:12]) == ""


def test_cropping_and_emulation_are_taken_out() -> None:
    found = hevc.parse_sps(SPS_1080)
    assert (found.width, found.height) == (1920, 1080)
    assert (found.luma_bits, found.chroma_format) == (8, 1)


def test_pictures_begin_at_random_access_and_hold_no_parameter_sets(tmp_path: Path) -> None:
    pictures = coded(tmp_path, codec="libx265")
    told = list(assembled(pictures, codec=H265))
    assert [unit.key for _, unit in told] == [n % 10 == 0 for n in range(40)]
    assert [parameters is not None for parameters, _ in told] == [True] + [False] * 39
    for _, unit in told:
        at = 0
        while at < len(unit.avcc):
            length = int.from_bytes(unit.avcc[at : at + 4], "big")
            assert hevc.nal_type(unit.avcc[at + 4 : at + 6]) < hevc.VPS or (
                hevc.nal_type(unit.avcc[at + 4 : at + 6]) > hevc.FILLER
            )
            at += 4 + length
        assert at == len(unit.avcc)


@given(st.binary(max_size=64))
def test_noise_is_refused_by_name(noise: bytes) -> None:
    with contextlib.suppress(InvalidInput):
        hevc.parse_sps(b"\x42\x01" + noise)
    hevc.codec_string(noise)
