"""What a coded picture says of itself."""

import pytest

from vision.units import needed


def nal(kind: int, reference: int, size: int = 5) -> bytes:
    return size.to_bytes(4, "big") + bytes([reference << 5 | kind]) + bytes(size - 1)


@pytest.mark.parametrize(
    ("avcc", "expected"),
    [
        (nal(5, 3), True),
        (nal(1, 2), True),
        (nal(1, 0), False),
        (nal(6, 0) + nal(1, 0), False),
        (nal(6, 0) + nal(1, 1), True),
        (nal(6, 0), True),
        (b"", True),
        (b"\x00\x00\x00\x01", True),
        (b"\x00\x00\x00\x00\x06\xff", True),
    ],
    ids=range(9),
)
def test_pictures_that_no_other_needs_are_told_apart(avcc: bytes, expected: bool) -> None:
    assert needed(avcc) is expected
