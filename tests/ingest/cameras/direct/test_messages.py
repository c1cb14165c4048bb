"""Requests, replies and proofs of a password, as the RFCs print them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.address import Credentials
from ingest.cameras.direct.messages import authorization, parse_reply, request, target
from models.kit.errors import InvalidInput

MUFASA = Credentials("Mufasa", "Circle Of Life")
SECRET = Credentials("admin", "s3cret")


def test_digest_without_qop_is_that_of_cameras() -> None:
    demand = 'Digest realm="IP Camera", nonce="b1a2", stale="FALSE"'
    answer = authorization((demand,), SECRET, "DESCRIBE", "rtsp://10.0.0.5:554/main")
    assert answer is not None
    assert answer.startswith('Digest username="admin", realm="IP Camera", nonce="b1a2", uri="rtsp:')
    # md5(md5(admin:IP Camera:s3cret) : b1a2 : md5(DESCRIBE:rtsp://10.0.0.5:554/main))
    assert 'response="7ede4eb598d0dcb39830c31a7cdc7116"' in answer


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_with_qop_proves_itself(algorithm: str) -> None:
    demand = (
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny"'
    )
    answer = authorization((demand,), MUFASA, "GET", "/dir/index.html")
    assert answer is not None
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny"' in answer
    assert "qop=auth, nc=00000001, cnonce=" in answer
    assert answer.endswith(f"algorithm={algorithm}")


@pytest.mark.parametrize(
    ("demands", "begins"),
    [
        (('Basic realm="x"',), "Basic YWRtaW46czNjcmV0"),
        (('Digest realm="x", nonce="1"', 'Basic realm="x"'), "Digest "),
        (('Digest realm="x", nonce="1", algorithm=SHA-512-256', "Basic"), "Basic "),
        (('Digest realm="x", nonce="1", qop="auth-int"',), None),
        (("Digest realm=x",), None),  # no nonce
        (("Negotiate",), None),
        ((), None),
    ],
)
def test_the_best_known_scheme_is_taken(demands: tuple[str, ...], begins: str | None) -> None:
    answer = authorization(demands, SECRET, "DESCRIBE", "rtsp://h/x")
    assert answer is None if begins is None else (answer or "").startswith(begins)


@pytest.mark.parametrize(
    ("url", "host", "port", "bare", "user"),
    [
        ("rtsp://10.0.0.5/main", "10.0.0.5", 554, "rtsp://10.0.0.5/main", None),
        ("rtsp://u:p%40w@cam:8554/a?b=1", "cam", 8554, "rtsp://cam:8554/a?b=1", "u"),
        ("rtsp://u@[::1]:99/", "::1", 99, "rtsp://[::1]:99/", "u"),
    ],
)
def test_an_address_is_taken_apart(
    url: str, host: str, port: int, bare: str, user: str | None
) -> None:
    found = target(url)
    assert (found.host, found.port, found.url) == (host, port, bare)
    assert (found.credentials.user if found.credentials else None) == user


@pytest.mark.parametrize(
    "url", ["http://h/x", "rtsp:///x", "rtsp://h:99999/x", "rtsp://[::1/x", ""]
)
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        target(url)


def test_a_request_and_a_reply() -> None:
    asked = request("PLAY", "rtsp://h/x", 4, {"Session": "7", "Authorization": ""})
    assert asked.decode().split("\r\n")[:2] == ["PLAY rtsp://h/x RTSP/1.0", "CSeq: 4"]
    assert b"Session: 7\r\n\r\n" in asked
    assert b"Authorization" not in asked
    reply = parse_reply(b"RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: a\r\nwww-authenticate: b")
    assert (reply.status, reply.headers["www-authenticate"]) == (401, ("a", "b"))
    assert reply.content_length == 0


@given(head=st.binary(max_size=200))
def test_noise_is_no_reply(head: bytes) -> None:
    if not head.startswith(b"RTSP/1."):
        with pytest.raises(InvalidInput):
            parse_reply(head)
