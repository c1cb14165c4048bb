import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.cameras.address import (
    Credentials,
    host_of,
    merged,
    preferred,
    put_together,
    readable_secret,
    take_apart,
    with_host,
)
from models.kit.errors import InvalidInput

BOB = Credentials("bob", "secret")
BOB_WITH_TOKEN = Credentials("bob", "secret", "oth&r")
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("url", "bare", "credentials"),
    [
        ("rtsp://10.0.0.5/1", "rtsp://10.0.0.5/1", None),
        ("rtsp://bob:secret@10.0.0.5:554/1?a=b", "rtsp://10.0.0.5:554/1?a=b", BOB),
        ("rtsp://bob:secret@[fd00::5]:554/1", "rtsp://[fd00::5]:554/1", BOB),
        ("rtsp://bob:s%40%2Fc@h/1", "rtsp://h/1", Credentials("bob", "s@/c")),
        ("rtsp://bob:s@c@h/1", "rtsp://h/1", Credentials("bob", "s@c")),  # not encoded
        ("rtsp://bob:s/c?@h/1", "rtsp://h/1", Credentials("bob", "s/c?")),
        ("rtsp://bob@h/1", "rtsp://h/1", Credentials("bob", "")),
        ("rtsp://h/live?mail=a@b.kz", "rtsp://h/live?mail=a@b.kz", None),  # an @ of the path
        ("rtsp://h:554/a@b", "rtsp://h:554/a@b", None),
        (
            "rtsp://h/?user=bob&password=secret&channel=1",
            "rtsp://h/?user={user}&password={password}&channel=1",
            BOB,
        ),
        ("rtsp://h/?usr=bob&pwd=secret", "rtsp://h/?usr={user}&pwd={password}", BOB),
        ("rtsp://h/?usr={user}&pwd={password}", "rtsp://h/?usr={user}&pwd={password}", None),
        ("rtsp://h/1?ch=1&pwd=s%26c", "rtsp://h/1?ch=1&pwd={password}", Credentials("", "s&c")),
        ("rtsp://h/1?token=secret", "rtsp://h/1?token={password}", Credentials("", "secret")),
        ("rtsp://bob:secret@h/1?pwd=secret", "rtsp://h/1?pwd={password}", BOB),
        ("rtsp://bob:secret@h/1?token=oth%26r", "rtsp://h/1?token={token}", BOB_WITH_TOKEN),
        (
            "rtsp://h/user=bob_password=secret_channel=1?key=oth%26r",
            "rtsp://h/user={user}_password={password}_channel=1?key={token}",
            BOB_WITH_TOKEN,
        ),
        (
            "rtsp://h/user=bob_password=secret_channel=1_stream=0.sdp",
            "rtsp://h/user={user}_password={password}_channel=1_stream=0.sdp",
            BOB,
        ),
        (
            "rtsp://h/user=bob&password=secret&channel=1.sdp?real_stream",
            "rtsp://h/user={user}&password={password}&channel=1.sdp?real_stream",
            BOB,
        ),
        (
            "rtsp://h/user=bob_password=secret.sdp",
            "rtsp://h/user={user}_password={password}.sdp",
            BOB,
        ),
    ],
)
def test_an_address_is_taken_apart(url: str, bare: str, credentials: Credentials | None) -> None:
    assert take_apart(url) == (bare, credentials)
    assert take_apart(bare) == (bare, None)
    assert take_apart(put_together(bare, credentials)) == (bare, credentials)


def test_who_signs_in_may_be_told_beside_the_address() -> None:
    assert take_apart("rtsp://h/1?token=oth%26r", BOB) == (
        "rtsp://h/1?token={token}",
        BOB_WITH_TOKEN,
    )
    assert take_apart("rtsp://h/1?pwd=secret", BOB) == ("rtsp://h/1?pwd={password}", BOB)
    assert take_apart("rtsp://h/1", BOB) == ("rtsp://h/1", None)


def test_one_signs_in_to_all_addresses() -> None:
    assert merged([None, BOB, BOB_WITH_TOKEN, BOB]) == BOB_WITH_TOKEN
    assert merged([]) is None
    for other in (Credentials("eve", "secret"), Credentials("bob", "secret", "third")):
        with pytest.raises(InvalidInput, match="different users or passwords"):
            merged([BOB_WITH_TOKEN, other])
    assert preferred(Credentials("eve", "x"), BOB_WITH_TOKEN) == Credentials("eve", "x", "oth&r")
    assert preferred(None, BOB) == preferred(BOB, None) == BOB


PLACES = [
    "rtsp://h/1",
    "rtsp://h:9/?user={user}&password={password}",
    "rtsp://h/user={user}_password={password}_channel=1.sdp",
]


@given(WORDS, WORDS, st.sampled_from(PLACES))
def test_any_password_comes_back(user: str, password: str, bare: str) -> None:
    credentials = Credentials(user, password)
    assert take_apart(put_together(bare, credentials)) == (bare, credentials)


@given(WORDS, WORDS, WORDS, st.sampled_from(PLACES))
def test_any_token_comes_back(user: str, password: str, token: str, bare: str) -> None:
    assume(token != password)
    bare += "&token={token}" if "?" in bare else "?token={token}"
    credentials = Credentials(user, password, token)
    assert Credentials.from_json(credentials.to_json()) == credentials
    assert take_apart(put_together(bare, credentials)) == (bare, credentials)


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("rtsp://h/1", None),
        ("rtsp://bob:secret@h/1?pwd=secret&channel=1", None),
        ("rtsp://h/?monkey=1&channel=2", None),
        ("rtsp://h/?pwd=", None),
        ("rtsp://h/?pwd=one&pass=two&key=three", "key"),
        ("rtsp://bob:secret@h/?token=other", None),
        ("rtsp://bob:secret@h/?token=other&key=third", "key"),
        ("rtsp://h/?PassWord=***", "PassWord"),  # as it is shown, sent back
        ("rtsp://h/token=one/1?key=two&pwd=three", "pwd"),
    ],
)
def test_what_stays_readable_is_named(url: str, secret: str | None) -> None:
    assert readable_secret(take_apart(url)[0]) == secret


@pytest.mark.parametrize("url", ["", "10.0.0.5/1", "rtsp:/h", "//h"])
def test_nonsense_is_no_address(url: str) -> None:
    with pytest.raises(InvalidInput):
        take_apart(url)


@pytest.mark.parametrize(
    ("url", "host", "moved"),
    [
        ("rtsp://cam.office.kz/1", "cam.office.kz", "rtsp://10.0.0.9/1"),
        ("rtsp://a:b@[fd00::5]:554/1", "fd00::5", "rtsp://a:b@10.0.0.9:554/1"),
        ("http://h:80", "h", "http://10.0.0.9:80"),
    ],
)
def test_the_host(url: str, host: str, moved: str) -> None:
    assert host_of(url) == host
    assert with_host(url, "10.0.0.9") == moved
    assert with_host("rtsp://h/1", "fd00::1") == "rtsp://[fd00::1]/1"


def test_an_address_without_a_host() -> None:
    with pytest.raises(InvalidInput, match="names no host"):
        host_of("rtsp:///1")


def test_credentials_do_not_show_themselves() -> None:
    assert "secret" not in repr(BOB)
    assert "bob" not in repr(BOB)
    assert Credentials.from_json(BOB.to_json()) == BOB
