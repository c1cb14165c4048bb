"""RTSP 1.0 as text: requests, replies, and the answer to a demand for a password. Pure.

RFC 2326, and RFC 7616 for Digest.
"""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from ingest.cameras.address import Credentials
from models.kit.errors import InvalidInput

_AGENT = "Ahual"
_PORTS = {"rtsp": 554, "rtsps": 322}
_FIELD = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect and what to ask for; ``url`` is without user and password.

    ``path`` is the part of the URL behind the host; ``secure``: inside of TLS.
    """

    host: str
    port: int
    url: str
    credentials: Credentials | None
    path: str = "/"
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, tuple[str, ...]]  # names in lower case; some come more than once

    def header(self, name: str) -> str:
        """Return the first of that name, or nothing."""
        return self.headers.get(name, ("",))[0]

    @property
    def content_length(self) -> int:
        text = self.header("content-length")
        return int(text) if text.isdecimal() and len(text) < 6 else 0


def target(url: str) -> Target:
    """Take an rtsp:// or rtsps:// URL apart.

    Raises:
        InvalidInput: it cannot be meant.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise InvalidInput("the camera's address cannot be read") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInput("the camera's address is not rtsp://host/…")
    user = parts.username
    credentials = (
        None if user is None else Credentials(unquote(user), unquote(parts.password or ""))
    )
    place = parts.netloc.rpartition("@")[2]
    bare = urlunsplit((parts.scheme, place, parts.path, parts.query, ""))
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return Target(parts.hostname, port, bare, credentials, path, parts.scheme == "rtsps")


def request(method: str, url: str, cseq: int, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {url} RTSP/1.0", f"CSeq: {cseq}", f"User-Agent: {_AGENT}"]
    lines += [f"{name}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([*lines, "", ""]).encode()


def parse_reply(head: bytes) -> Reply:
    """Read a reply up to its blank line.

    Raises:
        InvalidInput: it is none.
    """
    lines = head.decode("utf-8", "replace").split("\r\n")
    words = lines[0].split(" ", 2)
    if len(words) < 2 or not words[0].startswith("RTSP/1.") or not words[1].isdecimal():
        raise InvalidInput("not an RTSP reply")
    headers: dict[str, tuple[str, ...]] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            headers[key] = (*headers.get(key, ()), value.strip())
    return Reply(int(words[1]), headers)


def authorization(demands: tuple[str, ...], who: Credentials, method: str, url: str) -> str | None:
    """Return the Authorization header that one of the demands wants; None: none is known here.

    Args:
        demands: WWW-Authenticate headers of a 401.
        who: signs in.
        method: of the request that is repeated.
        url: of that request.
    """
    for demand in demands:
        scheme, _, rest = demand.partition(" ")
        if scheme.lower() == "digest":
            fields = {
                m[1].lower(): m[2] if m[2] is not None else m[3] for m in _FIELD.finditer(rest)
            }
            answer = _digest(fields, who, method, url)
            if answer is not None:
                return answer
    if any(demand.lower().startswith("basic") for demand in demands):
        return "Basic " + b64encode(f"{who.user}:{who.password}".encode()).decode()
    return None


def _digest(fields: dict[str, str], who: Credentials, method: str, url: str) -> str | None:
    algorithm = fields.get("algorithm", "MD5").upper()
    made = _HASHES.get(algorithm)
    qops = [qop.strip() for qop in fields.get("qop", "").split(",") if qop.strip()]
    if made is None or "nonce" not in fields or (qops and "auth" not in qops):
        return None

    def digest(text: str) -> str:
        return made(text.encode()).hexdigest()

    realm, nonce = fields.get("realm", ""), fields["nonce"]
    secret = digest(f"{who.user}:{realm}:{who.password}")
    asked = digest(f"{method}:{url}")
    answer = {"username": who.user, "realm": realm, "nonce": nonce, "uri": url}
    if qops:
        count, own = "00000001", digest(nonce + url + method)[:16]
        answer["response"] = digest(f"{secret}:{nonce}:{count}:{own}:auth:{asked}")
    else:
        answer["response"] = digest(f"{secret}:{nonce}:{asked}")
    if "opaque" in fields:
        answer["opaque"] = fields["opaque"]
    text = ", ".join(f'{name}="{value}"' for name, value in answer.items())
    if qops:
        text += f', qop=auth, nc={count}, cnonce="{own}"'
    return f"Digest {text}, algorithm={algorithm}" if "algorithm" in fields else f"Digest {text}"
