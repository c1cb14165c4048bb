"""What a camera says that it sends (SDP), as far as the plain case goes. Pure."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import urljoin

from ingest.cameras.access_unit import AudioParameters
from ingest.cameras.codecs import H264, H265, VideoCodec
from ingest.cameras.direct.sound import SoundTrack, aac
from models.kit.errors import InvalidInput

_CODECS: dict[str, tuple[VideoCodec, tuple[str, ...]]] = {
    "H264/90000": (H264, ("sprop-parameter-sets",)),
    "H265/90000": (H265, ("sprop-vps", "sprop-sps", "sprop-pps")),
}
_PARAMETER = re.compile(r"\s*([\w-]+)\s*=\s*([^;]*)")


_G711 = {"PCMA": "pcm_alaw", "PCMU": "pcm_mulaw"}
_STATIC = {"0": "PCMU/8000", "8": "PCMA/8000"}  # RFC 3551: these need no rtpmap
_AAC, _AAC_MODES = "MPEG4-GENERIC", ("AAC-HBR", "AAC-LBR")
_FFMPEG_READS = (_AAC, "MP4A-LATM")


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """Where to ask for the pictures, and how their packets are to be read."""

    url: str
    codec: VideoCodec
    payload_type: int
    parameter_sets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Tracks:
    """What is taken of a stream. ``odd_sound`` names a sound that is not."""

    video: VideoTrack
    sound: SoundTrack | None
    odd_sound: str


@dataclass(frozen=True, slots=True)
class _Media:
    kind: str
    payload_type: str
    attributes: list[str]

    def after(self, start: str) -> str:
        """Return the rest of the first attribute that begins so, or nothing."""
        return next((a[len(start) :].strip() for a in self.attributes if a.startswith(start)), "")

    @property
    def encoding(self) -> str:
        told = self.after(f"rtpmap:{self.payload_type} ").upper().split(" ")[0]
        return told or _STATIC.get(self.payload_type, "")

    @property
    def parameters(self) -> dict[str, str]:
        told = _PARAMETER.findall(self.after(f"fmtp:{self.payload_type} "))
        return {name.lower(): value.strip() for name, value in told}


def tracks_of(sdp: str, base: str) -> Tracks:
    """Return the pictures and the sound; what else is offered is left alone.

    Args:
        sdp: the description.
        base: URL that its addresses are relative to.

    Raises:
        InvalidInput: this is not the plain case: not one track of H.264 or H.265, or a sound that
            FFmpeg reads and we do not.
    """
    medias = list(filter(None, map(_media, re.split(r"(?m)^m=", sdp.replace("\r\n", "\n"))[1:])))
    videos = [media for media in medias if media.kind == "video"]
    sounds = [
        media for media in medias if media.kind == "audio" and "sendonly" not in media.attributes
    ]
    if len(videos) != 1:
        raise InvalidInput(f"{len(videos)} tracks of pictures")
    video = _video(videos[0], base)
    if not sounds:
        return Tracks(video, None, "")
    sound = _sound(sounds[0], base)
    return Tracks(video, sound, "" if sound else _name(sounds[0]))


def _media(text: str) -> _Media | None:
    lines = text.split("\n")
    words = lines[0].split(" ")
    if len(words) < 4 or not words[3].strip().isdecimal():
        return None
    attributes = [line.removeprefix("a=").strip() for line in lines[1:] if line.startswith("a=")]
    return _Media(words[0], words[3].strip(), attributes)


def _name(media: _Media) -> str:
    return media.encoding.partition("/")[0].lower() or "an unknown codec"


def _video(media: _Media, base: str) -> VideoTrack:
    if media.encoding not in _CODECS:
        raise InvalidInput(f"codec {media.encoding or 'unknown'}")
    codec, names = _CODECS[media.encoding]
    given = media.parameters
    if given.get("packetization-mode", "0") == "2" or given.get("sprop-max-don-diff", "0") != "0":
        raise InvalidInput("interleaved NAL units")
    sets = tuple(part for name in names for part in _decoded(given.get(name, "")))
    return VideoTrack(_address(base, media.after("control:")), codec, int(media.payload_type), sets)


def _sound(media: _Media, base: str) -> SoundTrack | None:
    """Return how to read the sound; None for one that is not kept."""
    name, _, rest = media.encoding.partition("/")
    rate, _, channels = rest.partition("/")
    number, url = int(media.payload_type), _address(base, media.after("control:"))
    if not rate.isdecimal() or not int(rate):
        return None
    if name in _G711:
        count = int(channels) if channels.isdecimal() and 0 < int(channels) < 9 else 1
        parameters = AudioParameters(_G711[name], int(rate), count, b"")
        return SoundTrack(url, number, int(rate), parameters)
    if name not in _FFMPEG_READS:
        return None
    given = media.parameters
    sizes = (_bits(given, "sizelength"), _bits(given, "indexlength"))
    plain = (
        name == _AAC
        and given.get("mode", "").upper() in _AAC_MODES
        and 0 < sizes[0] <= 16
        and sizes[1] == _bits(given, "indexdeltalength")
        and not any(_bits(given, f"{more}length") for more in ("ctsdelta", "dtsdelta"))
        and not _bits(given, "auxiliarydatasizelength")
    )
    if not plain:
        raise InvalidInput(f"sound {name} in a way of its own")
    try:
        config = bytes.fromhex(given.get("config", ""))
    except ValueError as error:
        raise InvalidInput("AAC without its parameters") from error
    parameters, unit = aac(config, int(rate))
    return SoundTrack(url, number, int(rate), parameters, unit, sizes)


def _bits(given: dict[str, str], name: str) -> int:
    text = given.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 3 else 0


def _decoded(text: str) -> list[bytes]:
    parts: list[bytes] = []
    for part in text.split(","):
        try:
            parts.append(b64decode(part.strip()))
        except binascii.Error:
            continue  # the pictures carry them again
    return [part for part in parts if part]


def _address(base: str, control: str) -> str:
    if not control or control == "*":
        return base
    if control.startswith("rtsp://"):
        return control
    # A base with a query is joined as cameras and other clients do: at the end, whatever it is.
    return urljoin(base, control) if base.endswith("/") else f"{base}/{control}"
