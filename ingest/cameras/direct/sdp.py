"""What a camera says that it sends (SDP), as far as the plain case goes. Pure."""

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import urljoin

from ingest.cameras.codecs import H264, H265, VideoCodec
from models.kit.errors import InvalidInput

_CODECS: dict[str, tuple[VideoCodec, tuple[str, ...]]] = {
    "H264/90000": (H264, ("sprop-parameter-sets",)),
    "H265/90000": (H265, ("sprop-vps", "sprop-sps", "sprop-pps")),
}
_PARAMETER = re.compile(r"\s*([\w-]+)\s*=\s*([^;]*)")


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The one track of a stream: where to ask for it, and how its packets are to be read."""

    url: str
    codec: VideoCodec
    payload_type: int
    parameter_sets: tuple[bytes, ...]


def video_track(sdp: str, base: str) -> VideoTrack:
    """Return the only track.

    Args:
        sdp: the description.
        base: URL that its addresses are relative to.

    Raises:
        InvalidInput: this is not the plain case: not one track of H.264 or H.265.
    """
    medias = re.split(r"(?m)^m=", sdp.replace("\r\n", "\n"))[1:]
    if len(medias) != 1 or not medias[0].startswith("video "):
        raise InvalidInput(f"{len(medias)} tracks")
    lines = medias[0].split("\n")
    kind = lines[0].split(" ")[3:4]
    if not kind or not kind[0].isdecimal():
        raise InvalidInput("no payload type")
    number = kind[0]
    attributes = [line.removeprefix("a=") for line in lines[1:] if line.startswith("a=")]
    encoding = _after(attributes, f"rtpmap:{number} ").upper().split(" ")[0]
    if encoding not in _CODECS:
        raise InvalidInput(f"codec {encoding or 'unknown'}")
    codec, names = _CODECS[encoding]
    given = dict(_PARAMETER.findall(_after(attributes, f"fmtp:{number} ")))
    if (
        given.get("packetization-mode", "0").strip() == "2"
        or given.get("sprop-max-don-diff", "0").strip() != "0"
    ):
        raise InvalidInput("interleaved NAL units")
    sets = tuple(part for name in names for part in _decoded(given.get(name, "")))
    return VideoTrack(_address(base, _after(attributes, "control:")), codec, int(number), sets)


def _after(attributes: list[str], start: str) -> str:
    return next((a[len(start) :].strip() for a in attributes if a.startswith(start)), "")


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
