"""H.264 pictures to pixels; broken ones are named."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision import pictures
from vision.picture import PictureBroken, PictureDecoder

HALL = pictures.hall()
CONFIG, CODED = pictures.coded(HALL, pictures.hall("empty-hall"))


def test_a_key_picture_is_decoded_by_itself() -> None:
    decoder = PictureDecoder(CONFIG)
    for _ in range(3):
        for coded, original in zip(CODED, (HALL, pictures.hall("empty-hall")), strict=True):
            decoded = decoder.key(coded).pixels()
            assert decoded.shape == (360, 640, 3)
            assert np.abs(decoded.astype(int) - original.astype(int)).mean() < 4


@pytest.mark.parametrize("garbage", [b"", b"\x00", b"not a picture", CODED[0][:200], CODED[0][4:]])
def test_a_broken_picture_is_named_and_the_next_one_is_well(garbage: bytes) -> None:
    decoder = PictureDecoder(CONFIG)
    with pytest.raises(PictureBroken):
        decoder.key(garbage)
    assert decoder.key(CODED[0]).pixels().shape == (360, 640, 3)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=400))
def test_noise_never_kills_the_decoder(config: bytes, coded: bytes) -> None:
    with suppress(PictureBroken):
        PictureDecoder(config).key(coded).pixels()


@settings(max_examples=20, deadline=None)
@given(st.integers(8, len(CODED[0]) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_picture_is_a_picture_or_named(at: int, noise: bytes) -> None:
    decoder = PictureDecoder(CONFIG)
    damaged = CODED[0][:at] + noise + CODED[0][at + len(noise) :]
    with suppress(PictureBroken):
        assert decoder.key(damaged).pixels().shape == (360, 640, 3)
    assert decoder.key(CODED[0]).pixels().shape == (360, 640, 3)


def test_the_thumbnail_counts_from_black_to_white() -> None:
    black, white = np.zeros((360, 640, 3), np.uint8), np.full((360, 640, 3), 255, np.uint8)
    config, coded = pictures.coded(black, white)
    decoder = PictureDecoder(config)
    small = [decoder.key(one).thumbnail() for one in coded]
    assert [one.shape for one in small] == [(90, 160)] * 2
    assert [round(float(one.mean())) for one in small] == [0, 253]


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(2, 2, (2, 2)), (360, 640, (360, 640)), (2160, 3840, (1080, 1920))],
)
def test_pictures_of_any_size_are_looked_at(
    height: int, width: int, expected: tuple[int, int]
) -> None:
    config, (coded,) = pictures.coded(np.full((height, width, 3), 200, np.uint8))
    decoded = PictureDecoder(config).key(coded)
    assert decoded.pixels().shape[:2] == expected
    assert decoded.thumbnail().shape == (90, 160)


def test_pictures_that_need_one_another_go_on_until_one_is_missing() -> None:
    config, units = pictures.stream(*[pictures.hall(number=n) for n in range(0, 40, 8)])
    decoder = PictureDecoder(config)
    assert decoder.go_on(units[:1]).pixels().shape == (360, 640, 3)
    last = decoder.go_on(units[1:]).pixels()
    assert np.abs(last.astype(int) - pictures.hall(number=32).astype(int)).mean() < 5
    with pytest.raises(PictureBroken):
        decoder.go_on([b"garbage"])
    assert decoder.go_on(units[:2]).pixels().shape == (360, 640, 3)
