"""Where a request came from decides what it may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard_api.origins import is_loopback, is_secure, may_write

HERE = "https://ahual.kz/api/v1/session"


@pytest.mark.parametrize(
    ("url", "origin", "fetch_site", "public_url", "allowed"),
    [
        (HERE, "https://ahual.kz", "same-origin", None, True),
        (HERE, "https://ahual.kz:443", None, None, True),
        (HERE, "https://ahual.kz:8443", None, None, False),
        (HERE, "https://ahual.kz.evil.example", None, None, False),
        ("ws://localhost:8080/api/v1/live", "http://localhost:8080", None, None, True),
        ("http://10.0.0.5:8080/x", "https://ahual.kz", None, "https://ahual.kz", True),
        ("http://10.0.0.5:8080/x", "http://ahual.kz", None, "https://ahual.kz", False),
        (HERE, "null", None, None, False),
        (HERE, "", None, None, False),
        (HERE, "https://[", None, None, False),
        (HERE, "https://ahual.kz:99999", None, None, False),
        (HERE, None, None, None, True),
        (HERE, None, "cross-site", None, False),
        (HERE, None, "same-site", None, False),
    ],
)
def test_origin_decides(
    url: str, origin: str | None, fetch_site: str | None, public_url: str | None, *, allowed: bool
) -> None:
    assert may_write(url, origin, fetch_site, public_url) is allowed


@given(st.text(), st.text())
def test_any_origin_text_is_judged(url: str, origin: str) -> None:
    assert may_write(url, origin, None, None) in (True, False)


def test_https_here_or_at_the_proxy_is_secure() -> None:
    assert is_secure("https://x/", None)
    assert is_secure("http://10.0.0.5/", "https://ahual.kz")
    assert not is_secure("http://localhost/", None)
    assert is_loopback("http://[::1]:8080/")
    assert not is_loopback("http://localhost.evil.example/")
