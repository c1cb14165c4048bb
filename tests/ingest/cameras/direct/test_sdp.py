"""Which descriptions are the plain case, and what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.codecs import H264, H265
from ingest.cameras.direct.sdp import tracks_of
from models.kit.errors import InvalidInput

BASE = "rtsp://cam/main/"
HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\n"
VIDEO = (
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LgHw==,aM4=\r\n"
    "a=control:trackID=1\r\n"
)
SOUND = "m=audio 0 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=control:trackID=2\r\n"
AAC = (
    "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/16000/1\r\n"
    "a=fmtp:97 streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;"
    "indexdeltalength=3;config=1408\r\na=control:trackID=2\r\n"
)
DATA = "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"


def test_h264_with_its_parameter_sets() -> None:
    track = tracks_of(HEAD + VIDEO, BASE).video
    assert (track.codec, track.payload_type) == (H264, 96)
    assert track.url == "rtsp://cam/main/trackID=1"
    assert track.parameter_sets == (b"\x67\x42\xe0\x1f", b"\x68\xce")


def test_h265_with_its_parameter_sets() -> None:
    text = (
        "m=video 0 RTP/AVP 98\na=rtpmap:98 h265/90000\n"
        "a=fmtp:98 sprop-vps=QAE=; sprop-sps=QgE=;sprop-pps=RAE=\n"
    )
    track = tracks_of(HEAD + text, BASE).video
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
    assert tracks_of(text, base).video.url == url


@pytest.mark.parametrize(
    ("media", "codec", "rate_hz", "channels", "unit"),
    [
        (SOUND, "pcm_alaw", 8_000, 1, 0),
        ("m=audio 0 RTP/AVP 0\r\na=control:trackID=2\r\n", "pcm_mulaw", 8_000, 1, 0),
        (SOUND.replace("PCMA/8000", "PCMU/16000/2"), "pcm_mulaw", 16_000, 2, 0),
        (AAC, "aac", 16_000, 1, 1_024),
        (AAC.replace("1408", "1190").replace("16000", "48000"), "aac", 48_000, 2, 1_024),
        (AAC.replace("1408", "2B11 8800").replace("16000", "48000"), "aac", 48_000, 2, 2_048),
    ],
)
def test_sound_that_is_kept(media: str, codec: str, rate_hz: int, channels: int, unit: int) -> None:
    tracks = tracks_of(HEAD + VIDEO + media + DATA, BASE)
    sound = tracks.sound
    assert sound is not None
    assert (sound.url, tracks.odd_sound) == ("rtsp://cam/main/trackID=2", "")
    kept = sound.parameters
    assert (kept.codec, kept.sample_rate, kept.channels) == (codec, rate_hz, channels)
    assert sound.unit == unit


@pytest.mark.parametrize(
    ("media", "told"),
    [
        ("", ""),
        (SOUND.replace("PCMA", "G726-32"), "g726-32"),
        ("m=audio 0 RTP/AVP 97\r\n", "an unknown codec"),
        (SOUND + "a=sendonly\r\n", ""),  # a loudspeaker
        (SOUND.replace("/8000", "/0"), "pcma"),
    ],
)
def test_sound_that_is_not_kept_is_named(media: str, told: str) -> None:
    tracks = tracks_of(HEAD + VIDEO + media, BASE)
    assert (tracks.sound, tracks.odd_sound) == (None, told)


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        HEAD + SOUND,
        HEAD + VIDEO + AAC.replace("AAC-hbr", "generic"),
        HEAD + VIDEO + AAC.replace("config=1408", "config=14"),
        HEAD + VIDEO + AAC.replace("config=1408", "config=x"),
        HEAD + VIDEO + AAC.replace("mpeg4-generic", "MP4A-LATM"),
        HEAD + VIDEO + VIDEO,
        HEAD + VIDEO.replace("H264", "MP4V-ES"),
        HEAD + VIDEO.replace("mode=1", "mode=2"),
        HEAD + VIDEO.replace("RTP/AVP 96", "RTP/AVP"),
        HEAD + "m=video 0 RTP/AVP 26\r\n",  # JPEG
    ],
)
def test_what_is_not_plain_is_left_to_ffmpeg(text: str) -> None:
    with pytest.raises(InvalidInput):
        tracks_of(text, BASE)


@given(text=st.text(max_size=400))
def test_noise_is_refused_or_read_but_never_worse(text: str) -> None:
    for start in (VIDEO + AAC.partition("mode=")[0], "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/"):
        try:
            tracks_of(start + text, BASE)
        except InvalidInput:
            continue


def test_damaged_parameter_sets_are_passed_over() -> None:
    text = HEAD + VIDEO.replace("Z0LgHw==", "Z0LgH")
    assert tracks_of(text, BASE).video.parameter_sets == (b"\x68\xce",)
