"""RTSP 1.0 requests and replies as text; pure."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ingest.simulated.rtp import PAYLOAD_TYPE
from models.kit.errors import InvalidInput

METHODS = ("OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN", "GET_PARAMETER")
TRACK = "trackID=0"
SPEAKER = "trackID=1"  # shown to who asks for ONVIF's back channel
_BACK_CHANNEL = "www.onvif.org/ver20/backchannel"

_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
}
_INTERLEAVED = re.compile(r"interleaved=(\d{1,3})-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: dict[str, str]  # names in lower case

    @property
    def camera(self) -> str:
        """The camera name that the URL asks for: its path, without the track."""
        path = unquote(urlsplit(self.url).path).strip("/")
        return path.removesuffix(TRACK).removesuffix(SPEAKER).rstrip("/")

    @property
    def wants_speaker(self) -> bool:
        """Whether the client knows of loudspeakers."""
        return self.headers.get("require", "") == _BACK_CHANNEL

    @property
    def content_length(self) -> int:
        text = self.headers.get("content-length", "0")
        return int(text) if text.isdecimal() and len(text) < 6 else 0

    @property
    def channel(self) -> int | None:
        """The RTP channel of an interleaved transport; None for UDP and anything else."""
        for transport in self.headers.get("transport", "").split(","):
            if "RTP/AVP/TCP" not in transport.upper():
                continue
            asked = _INTERLEAVED.search(transport)
            channel = int(asked[1]) if asked else 0
            return channel if channel < 255 else None
        return None


def parse_request(head: bytes) -> Request:
    """Read a request up to its blank line. Raises InvalidInput for anything else."""
    lines = head.decode("utf-8", "replace").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("RTSP/1.") or not words[0].isascii():
        raise InvalidInput("not an RTSP/1.0 request")
    try:
        urlsplit(words[1])
    except ValueError as error:
        raise InvalidInput("the request's address cannot be read") from error
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Request(words[0], words[1], headers)


def reply(status: int, cseq: str, headers: dict[str, str] | None = None, body: str = "") -> bytes:
    """Return a whole RTSP reply."""
    lines = [f"RTSP/1.0 {status} {_REASONS[status]}", f"CSeq: {cseq}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join([*lines, "", ""]) + body).encode()


def session_description(name: str, media_lines: tuple[str, ...], *, speaker: bool = False) -> str:
    """Return the SDP of a camera with one video track, and its loudspeaker where asked for."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        f"s={name}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        *media_lines,
        f"a=control:{TRACK}",
    ]
    if speaker:
        lines += ["m=audio 0 RTP/AVP 0 8", "a=sendonly", f"a=control:{SPEAKER}"]
    lines.append("")
    return "\r\n".join(lines)
