"""Which descriptions are the plain case, and what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.codecs import H264, H265
from ingest.cameras.direct.sdp import video_track
from models.kit.errors import InvalidInput

BASE = "rtsp://cam/main/"
HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\n"
VIDEO = (
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LgHw==,aM4=\r\n"
    "a=control:trackID=1\r\n"
)
SOUND = "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=2\r\n"


def test_h264_with_its_parameter_sets() -> None:
    track = video_track(HEAD + VIDEO, BASE)
    assert (track.codec, track.payload_type) == (H264, 96)
    assert track.url == "rtsp://cam/main/trackID=1"
    assert track.parameter_sets == (b"\x67\x42\xe0\x1f", b"\x68\xce")


def test_h265_with_its_parameter_sets() -> None:
    text = (
        "m=video 0 RTP/AVP 98\na=rtpmap:98 h265/90000\n"
        "a=fmtp:98 sprop-vps=QAE=; sprop-sps=QgE=;sprop-pps=RAE=\n"
    )
    track = video_track(HEAD + text, BASE)
    assert (track.codec, track.payload_type, track.url) == (H265, 98, BASE)
    assert track.parameter_sets == (b"\x40\x01", b"\x42\x01", b"\x44\x01")


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://cam/main", "trackID=1", "rtsp://cam/main/trackID=1"),
        ("rtsp://cam/main/", "trackID=1", "rtsp://cam/main/trackID=1"),
        ("rtsp://cam/s?channel=1", "track1", "rtsp://cam/s?channel=1/track1"),
        ("rtsp://cam/main", "rtsp://cam/other/t", "rtsp://cam/other/t"),
        ("rtsp://cam/main", "*", "rtsp://cam/main"),
    ],
)
def test_the_tracks_address(base: str, control: str, url: str) -> None:
    text = HEAD + VIDEO.replace("trackID=1", control)
    assert video_track(text, base).url == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        HEAD + SOUND,
        HEAD + VIDEO + SOUND,  # sound is FFmpeg's
        HEAD + VIDEO + VIDEO,
        HEAD + VIDEO.replace("H264", "MP4V-ES"),
        HEAD + VIDEO.replace("mode=1", "mode=2"),
        HEAD + VIDEO.replace("RTP/AVP 96", "RTP/AVP"),
        HEAD + "m=video 0 RTP/AVP 26\r\n",  # JPEG
    ],
)
def test_what_is_not_plain_is_left_to_ffmpeg(text: str) -> None:
    with pytest.raises(InvalidInput):
        video_track(text, BASE)


@given(text=st.text(max_size=400))
def test_noise_is_refused_or_read_but_never_worse(text: str) -> None:
    try:
        video_track("m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 " + text, BASE)
    except InvalidInput:
        return


def test_damaged_parameter_sets_are_passed_over() -> None:
    text = HEAD + VIDEO.replace("Z0LgHw==", "Z0LgH")
    assert video_track(text, BASE).parameter_sets == (b"\x68\xce",)
