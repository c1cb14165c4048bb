"""H.264 key pictures to pixels; broken ones are named."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.kit.errors import InvalidInput
from tests.vision import pictures
from vision.picture import KeyPictureDecoder, PictureBroken, thumbnail

HALL = pictures.hall()
CONFIG, CODED = pictures.coded(HALL, pictures.hall("empty-hall"))


def test_a_key_picture_is_decoded_by_itself() -> None:
    decoder = KeyPictureDecoder(CONFIG)
    for _ in range(3):
        for coded, original in zip(CODED, (HALL, pictures.hall("empty-hall")), strict=True):
            decoded = decoder.decode(coded)
            assert decoded.shape == (360, 640, 3)
            assert np.abs(decoded.astype(int) - original.astype(int)).mean() < 4


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"not a picture", CODED[0][:200], CODED[0][4:]])
def test_a_broken_picture_is_named_and_the_next_one_is_well(garbage: bytes) -> None:
    decoder = KeyPictureDecoder(CONFIG)
    with pytest.raises(PictureBroken):
        decoder.decode(garbage)
    assert decoder.decode(CODED[0]).shape == (360, 640, 3)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=400))
def test_noise_never_kills_the_decoder(config: bytes, coded: bytes) -> None:
    with suppress(PictureBroken):
        KeyPictureDecoder(config).decode(coded)


@settings(max_examples=20, deadline=None)
@given(st.integers(8, len(CODED[0]) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_picture_is_a_picture_or_named(at: int, noise: bytes) -> None:
    decoder = KeyPictureDecoder(CONFIG)
    damaged = CODED[0][:at] + noise + CODED[0][at + len(noise) :]
    with suppress(PictureBroken):
        assert decoder.decode(damaged).shape == (360, 640, 3)
    assert decoder.decode(CODED[0]).shape == (360, 640, 3)


def test_thumbnail() -> None:
    assert thumbnail(HALL).shape == (90, 160)
    assert thumbnail(np.zeros((1, 1, 3), np.uint8)).shape == (90, 160)
    with pytest.raises(InvalidInput):
        thumbnail(np.zeros((0, 5, 3), np.uint8))
