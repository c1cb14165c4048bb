"""A camera's address and its user and password, taken apart and put together. Pure.

What is stored and shown is the bare address. Where a camera wants its password in the query,
the bare address keeps the place: ``?usr={user}&pwd={password}``.
"""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, unquote_plus

from models.kit.errors import InvalidInput

_PARTS = re.compile(r"(?P<scheme>[a-z]+://)(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_PORT = re.compile(r"(?:\[[^\]]*\]|[^:]*)(?::\d*)?")
_PLACE = re.compile(r"(?:\[(?P<six>[^\[\]@]+)\]|(?P<name>[^\[\]:@\s\\]+))(?P<port>:\d+)?")
_USER = re.compile(r"(?<=[?&])((?:user(?:name)?|usr|login)=)([^&#]*)", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=[?&])((?:pass(?:word|wd)?|pwd)=)([^&#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs in to a camera. Its repr shows neither part."""

    user: str = field(repr=False)
    password: str = field(repr=False)

    def to_json(self) -> str:
        return json.dumps([self.user, self.password])

    @classmethod
    def from_json(cls, text: str) -> "Credentials":
        user, password = json.loads(text)
        return cls(str(user), str(password))


def take_apart(url: str) -> tuple[str, Credentials | None]:
    """Return the bare address and the credentials that it held, None if it held none.

    A password that holds ``/``, ``?`` or ``@`` and was not percent-encoded is understood too.
    """
    scheme, authority, rest = _split(url)
    user_info, at, host = authority.rpartition("@")
    found: Credentials | None = None
    if at:
        user, _, password = user_info.partition(":")
        found = Credentials(unquote(user), unquote(password))
    user_given, password_given = _USER.search(rest), _PASSWORD.search(rest)
    if user_given and password_given and "{password}" not in password_given[2]:
        found = found or Credentials(unquote_plus(user_given[2]), unquote_plus(password_given[2]))
        rest = _PASSWORD.sub(r"\1{password}", _USER.sub(r"\1{user}", rest, count=1), count=1)
    return scheme + host + rest, found


def put_together(url: str, credentials: Credentials | None) -> str:
    """Return the address that signs in; one that names a user itself stays as it is."""
    scheme, authority, rest = _split(url)
    if credentials is None or "@" in authority:
        return url
    user, password = quote(credentials.user, safe=""), quote(credentials.password, safe="")
    if "{password}" in rest:
        return scheme + authority + rest.replace("{user}", user).replace("{password}", password)
    return f"{scheme}{user}:{password}@{authority}{rest}"


def host_of(url: str) -> str:
    """Return the host name or address, without brackets.

    Raises:
        InvalidInput: the address names none.
    """
    place = _place(url)
    return place["six"] or place["name"]


def with_host(url: str, host: str) -> str:
    """Return the address with its host replaced; user, port and path stay.

    Raises:
        InvalidInput: the address names no host.
    """
    place = _place(url)
    scheme, authority, rest = _split(url)
    user_info, at, _ = authority.rpartition("@")
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}{user_info}{at}{shown}{place['port'] or ''}{rest}"


def _place(url: str) -> re.Match[str]:
    """Return the parts of ``host:port``.

    Raises:
        InvalidInput: there is no host, or something else stands in its place.
    """
    _, authority, _ = _split(url)
    place = _PLACE.fullmatch(authority.rpartition("@")[2])
    if place is None:
        raise InvalidInput("The address names no host; write rtsp://host/path", field="url")
    return place


def _split(url: str) -> tuple[str, str, str]:
    """Return scheme with ``://``, authority and the rest.

    Raises:
        InvalidInput: this is no address.
    """
    parts = _PARTS.fullmatch(url)
    if parts is None:
        raise InvalidInput("This is no address; write rtsp://host/path", field="url")
    scheme, authority, rest = parts.groups()
    if "@" not in authority and "@" in rest and not _PORT.fullmatch(authority):
        # "user:pa/ss@host/path": what stands where the port should is a part of the password
        before, _, after = (authority + rest).rpartition("@")
        host = re.match(r"[^/?#]*", after)
        end = host.end() if host else 0
        return scheme, f"{before}@{after[:end]}", after[end:]
    return scheme, authority, rest
