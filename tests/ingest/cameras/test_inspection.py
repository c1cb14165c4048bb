"""A camera is looked at before it is taken in, over a real RTSP connection."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.cameras.access_unit import StreamParameters
from ingest.cameras.inspection import Level, Seen, inspect, judge
from ingest.cameras.measure import Measured
from ingest.cameras.source import AuthFailed, SourceFault, UnsupportedCodec
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit.clock import SystemClock
from models.observations import StreamKind
from tests.ingest.encoded import HEIGHT, WIDTH, write_clip

MAIN, SUB = StreamKind.MAIN, StreamKind.SUB
H264 = StreamParameters("avc1.42e01f", 640, 360, b"", b"", b"", has_b_frames=False)
H265 = replace(H264, codec="hvc1.1.6.L93.b0", width=1920, height=1080)
CALM = Measured(frame_rate=15, key_interval_s=2.0, clock_offset_s=0.1)


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    async with SimulatedCameras() as simulated:
        simulated.add("plain", {"x": write_clip(tmp_path / "plain.mp4")})
        simulated.add("h265", {"x": write_clip(tmp_path / "h265.mp4", codec="libx265")})
        simulated.add("mpeg4", {"x": write_clip(tmp_path / "mpeg4.mp4", codec="mpeg4")})
        yield simulated


async def test_a_good_camera_is_measured(cameras: SimulatedCameras) -> None:
    url = cameras.url("plain").replace("rtsp://", "rtsp://admin:secret@")
    seen = await inspect(url, clock=SystemClock(), kind=MAIN)
    assert seen.parameters is not None
    assert (seen.parameters.width, seen.parameters.height) == (WIDTH, HEIGHT)
    assert seen.measured.frame_rate == pytest.approx(10, rel=0.2)
    assert seen.measured.key_interval_s == pytest.approx(1, rel=0.2)
    assert seen.measured.clock_offset_s == pytest.approx(0, abs=1)
    assert seen.kbit_s is not None
    assert [verdict.code for verdict in seen.verdicts] == ["good"]
    assert seen.usable
    assert "secret" not in repr(seen)


async def test_h265_is_said_to_need_a_sub_stream(cameras: SimulatedCameras) -> None:
    seen = await inspect(cameras.url("h265"), clock=SystemClock(), kind=MAIN, longest_s=2)
    assert [(v.level, v.code) for v in seen.verdicts] == [(Level.WARNING, "h265_main")]
    assert seen.usable


@pytest.mark.parametrize(("name", "code"), [("mpeg4", "unsupported_codec"), ("no", "unreachable")])
async def test_what_cannot_be_had_is_an_error(
    cameras: SimulatedCameras, name: str, code: str
) -> None:
    seen = await inspect(cameras.url(name), clock=SystemClock(), longest_s=2)
    assert [verdict.code for verdict in seen.verdicts] == [code]
    assert not seen.usable
    assert seen.parameters is None


@pytest.mark.parametrize(
    ("parameters", "measured", "kind", "codes"),
    [
        (H264, CALM, SUB, ["good"]),
        (H264, CALM, None, ["good"]),
        (H265, CALM, SUB, ["h265_sub", "sub_too_large"]),
        (H265, CALM, MAIN, ["h265_main"]),
        (replace(H264, has_b_frames=True), CALM, MAIN, ["b_frames"]),
        (replace(H264, width=1920, height=1080), CALM, MAIN, ["good"]),
        (replace(H264, width=1920, height=1080), CALM, SUB, ["sub_too_large"]),
        (H264, replace(CALM, key_interval_s=8.0), MAIN, ["key_interval_long"]),
        (H264, Measured(), MAIN, ["key_interval_long"]),  # one key picture in ten seconds
        (H264, replace(CALM, clock_offset_s=-3600.0), MAIN, ["clock_off"]),
        (None, Measured(), MAIN, ["no_key_picture"]),
    ],
)
def test_verdicts(
    parameters: StreamParameters | None,
    measured: Measured,
    kind: StreamKind | None,
    codes: list[str],
) -> None:
    assert [v.code for v in judge(Seen(parameters, measured, seconds=10.0), kind)] == codes


def test_a_sound_that_is_not_kept_is_told() -> None:
    (verdict,) = judge(Seen(H264, CALM, odd_sound="opus"), MAIN)
    assert (verdict.code, verdict.parameters) == ("audio_odd", {"codec": "opus"})


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (AuthFailed("401"), "auth_failed"),
        (UnsupportedCodec("mjpeg"), "unsupported_codec"),
        (SourceFault("refused"), "unreachable"),
    ],
)
def test_faults_have_their_own_codes(fault: SourceFault, code: str) -> None:
    (verdict,) = judge(Seen(fault=fault), None)
    assert (verdict.level, verdict.code) == (Level.ERROR, code)
    assert verdict.parameters == {"reason": str(fault)}
