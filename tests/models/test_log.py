"""What a log line or a camera's detail may show of an address."""

import pytest

from models.kit.log import redact

HOST = "192.0.2.7:554"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"rtsp://{HOST}/main", f"rtsp://{HOST}/main"),
        (f"rtsp://admin:secret@{HOST}/main", f"rtsp://***@{HOST}/main"),
        (f"rtsp://admin:se@cret@{HOST}/main", f"rtsp://***@{HOST}/main"),
        (f"rtsp://admin:se/cret@{HOST}/main", f"rtsp://***@{HOST}/main"),
        (
            f"rtsp://{HOST}/live?user=admin&password=secret&channel=1",
            f"rtsp://{HOST}/live?user=***&password=***&channel=1",
        ),
        (
            f"rtsp://{HOST}/user=admin_password=secret_channel=1.sdp",
            f"rtsp://{HOST}/user=***",
        ),
        (f"rtsp://{HOST}/live?PWD=secret", f"rtsp://{HOST}/live?PWD=***"),
        (f"rtsp://{HOST}/live?authkey=secret&a=1", f"rtsp://{HOST}/live?authkey=***&a=1"),
        (
            f"rtsp://{HOST}/live?u={{user}}&pwd={{password}}",
            f"rtsp://{HOST}/live?u={{user}}&pwd={{password}}",
        ),
    ],
)
def test_credentials_of_an_address_are_never_shown(address: str, shown: str) -> None:
    assert redact(address) == shown
    said = redact(f"{address}: cannot open: refused")
    assert "secret" not in said
    assert "cret@" not in said


def test_a_sentence_around_two_addresses_shows_neither_password() -> None:
    said = redact(f'first "rtsp://a:one@{HOST}/x" then "rtsp://b:two@{HOST}/y"')
    assert said == f'first "rtsp://***@{HOST}/x" then "rtsp://***@{HOST}/y"'
