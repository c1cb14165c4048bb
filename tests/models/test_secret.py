import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kit.errors import SettingsError
from models.kit.secret import seal, unseal

KEY = b"k" * 32


@given(st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_comes_back(text: str) -> None:
    assert unseal(KEY, seal(KEY, text)) == text


def test_a_seal_shows_nothing_and_is_new_each_time() -> None:
    sealed = seal(KEY, "құпиясөз password")
    assert b"password" not in sealed
    assert sealed != seal(KEY, "құпиясөз password")


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x01",
        b"\x01" + b"n" * 12,
        b"\x02" + seal(KEY, "a")[1:],
        seal(KEY, "a")[:-1],
        seal(KEY, "a") + b"!",
        seal(b"x" * 32, "a"),
    ],
    # Named: sealing differs each time, and the tests' workers must agree on the names.
    ids=["empty", "short", "no text", "version", "cut", "longer", "another key"],
)
def test_what_does_not_open_is_told(broken: bytes) -> None:
    with pytest.raises(SettingsError, match="enter it again"):
        unseal(KEY, broken)
