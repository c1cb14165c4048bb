"""A camera's address and its user and password, taken apart and put together. Pure.

What is stored and shown is the bare address. Where a camera wants its password in the query or
in the path, the bare address keeps the place: ``?usr={user}&pwd={password}``; a further secret
beside the password keeps its own: ``{token}``.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote, unquote_plus

from models.kit.errors import InvalidInput
from models.kit.log import HIDDEN, SECRET_NAMES, USER_NAMES

_PARTS = re.compile(r"(?P<scheme>[a-z]+://)(?P<authority>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_PORT = re.compile(r"(?:\[[^\]]*\]|[^:]*)(?::\d*)?")
_PLACE = re.compile(r"(?:\[(?P<six>[^\[\]@]+)\]|(?P<name>[^\[\]:@\s\\]+))(?P<port>:\d+)?")
_PLACE_OF_USER, _PLACE_OF_PASSWORD, _PLACE_OF_TOKEN = "{user}", "{password}", "{token}"
_HELD = (_PLACE_OF_PASSWORD, _PLACE_OF_TOKEN, HIDDEN)
_IN_QUERY = r"(?<=[?&])({names})=([^&#]*)"
_IN_PATH = (  # /user=bob_password=secret_channel=1.sdp
    r"(?<=[/_&;])({names})=([^/#&;]*?)(?=[/#&;]|_[a-z]+=|\.sdp(?:[/#&;]|\Z)|\Z)"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who signs in to a camera. Its repr shows no part.

    ``token``: a secret of the address that is not the password; empty where there is none.
    """

    user: str = field(repr=False)
    password: str = field(repr=False)
    token: str = field(default="", repr=False)

    def to_json(self) -> str:
        return json.dumps([self.user, self.password, *([self.token] if self.token else [])])

    @classmethod
    def from_json(cls, text: str) -> "Credentials":
        user, password, *token = json.loads(text)
        return cls(str(user), str(password), *map(str, token))


def take_apart(url: str, known: Credentials | None = None) -> tuple[str, Credentials | None]:
    """Return the bare address and the credentials that it held, None if it held none.

    A password that holds ``/``, ``?`` or ``@`` and was not percent-encoded is understood too, and
    one without a user. What cannot be taken out, ``readable_secret`` finds. ``known``: who signs
    in, where that is told beside the address; another secret in it is a token then.
    """
    scheme, authority, rest = _split(url)
    user_info, at, host = authority.rpartition("@")
    found: Credentials | None = None
    if at:
        user, _, password = user_info.partition(":")
        found = Credentials(unquote(user), unquote(password))
    path, mark, query = rest.partition("?")
    path, found = _taken_out(path, _IN_PATH, unquote, found, known)
    query, found = _taken_out(mark + query, _IN_QUERY, unquote_plus, found, known)
    return scheme + host + path + query, found


def merged(held: Iterable[Credentials | None]) -> Credentials | None:
    """Return the one who signs in to all of a camera's addresses, None where nobody does.

    Raises:
        InvalidInput: they name several.
    """
    one: Credentials | None = None
    for each in held:
        if each is None or each == one:
            continue
        if one is not None:
            same = (one.user, one.password) == (each.user, each.password)
            if not same or (one.token and each.token):
                msg = "The addresses name different users or passwords; a camera has one of each"
                raise InvalidInput(msg, field="credentials")
        one = one if one is not None and one.token else each
    return one


def preferred(told: Credentials | None, held: Credentials | None) -> Credentials | None:
    """Return who signs in where it was told beside an address that held this."""
    if told is None or held is None or told.token:
        return told or held
    return replace(told, token=held.token)


def readable_secret(bare: str) -> str | None:
    """Return the name of a parameter whose value should not be seen; None: the address is clean.

    Raises:
        InvalidInput: this is no address.
    """
    _, _, rest = _split(bare)
    path, mark, query = rest.partition("?")
    for text, form in ((path, _IN_PATH), (mark + query, _IN_QUERY)):
        for name, value in _pattern(form, SECRET_NAMES).findall(text):
            if value and value not in (_PLACE_OF_PASSWORD, _PLACE_OF_TOKEN):
                return str(name)
    return None


def _taken_out(
    text: str,
    form: str,
    plain: Callable[[str], str],
    found: Credentials | None,
    known: Credentials | None,
) -> tuple[str, Credentials | None]:
    """Return the text with places for its secrets, and what is found by now.

    The first secret is the password, unless that is told otherwise; another one is the token.
    """
    users, user = _pattern(form, USER_NAMES), None

    def place(match: re.Match[str]) -> str:
        nonlocal found
        secret = plain(match[2])
        if match[2] in _HELD:
            return match[0]
        signs_in = found or known
        if signs_in is None:
            if not (secret or user):
                return match[0]
            found = signs_in = Credentials(user or "", secret)
        if signs_in.password == secret:
            found = signs_in
            return f"{match[1]}={_PLACE_OF_PASSWORD}"
        if not secret or signs_in.token not in ("", secret):
            return match[0]
        found = replace(signs_in, token=secret)
        return f"{match[1]}={_PLACE_OF_TOKEN}"

    named = users.search(text)
    if named and named[2] != _PLACE_OF_USER:
        user = plain(named[2])
    text = _pattern(form, SECRET_NAMES).sub(place, text)
    at_home = user and found is not None and found.user == user and _PLACE_OF_PASSWORD in text
    return (users.sub(rf"\1={_PLACE_OF_USER}", text, count=1) if at_home else text), found


def _pattern(form: str, names: str) -> re.Pattern[str]:
    return re.compile(form.format(names=names), re.IGNORECASE)


def put_together(url: str, credentials: Credentials | None) -> str:
    """Return the address that signs in; one that names a user itself stays as it is.

    Where only the password has its place, the camera may want the user in the usual way as well.
    """
    scheme, authority, rest = _split(url)
    if credentials is None or "@" in authority:
        return url
    user, password = quote(credentials.user, safe=""), quote(credentials.password, safe="")
    rest = rest.replace(_PLACE_OF_TOKEN, quote(credentials.token, safe=""))
    if _PLACE_OF_PASSWORD in rest:
        signed = rest.replace(_PLACE_OF_USER, user).replace(_PLACE_OF_PASSWORD, password)
        if _PLACE_OF_USER in rest or not user:
            return scheme + authority + signed
        rest = signed
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
