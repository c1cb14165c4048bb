"""Where a request came from: cookie name by scheme, CSRF refusal by Origin. Pure."""

from urllib.parse import urlsplit

SECURE_COOKIE = "__Host-ahual"
LOOPBACK_COOKIE = "ahual"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_HTTP_SCHEMES = {"ws": "http", "wss": "https"}


def place(url: str) -> tuple[str, str, int | None] | None:
    """Return (scheme, host, port) of a URL, ws counted as http; None where it is not one."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in _DEFAULT_PORTS:
        return None
    scheme = _HTTP_SCHEMES.get(parts.scheme, parts.scheme)
    return scheme, parts.hostname, port or _DEFAULT_PORTS[scheme]


def is_secure(url: str, public_url: str | None) -> bool:
    """Whether people reach us by https, here or at the proxy that the installation names."""
    here = place(url)
    return (here is not None and here[0] == "https") or bool(
        public_url and public_url.startswith("https://")
    )


def is_loopback(url: str) -> bool:
    here = place(url)
    return here is not None and here[1] in _LOOPBACK


def cookie_name(*, secure: bool) -> str:
    return SECURE_COOKIE if secure else LOOPBACK_COOKIE


def may_write(url: str, origin: str | None, fetch_site: str | None, public_url: str | None) -> bool:
    """Whether an unsafe request or a socket may act on the cookie it carries.

    Every browser names its Origin there; a program that names neither Origin nor
    Sec-Fetch-Site cannot be tricked by a foreign page.
    """
    if origin is None:
        return fetch_site in (None, "same-origin", "none")
    theirs, here = place(origin), place(url)
    if theirs is None:
        return False
    if here is not None and theirs[1:] == here[1:]:
        return True
    return public_url is not None and theirs == place(public_url)
