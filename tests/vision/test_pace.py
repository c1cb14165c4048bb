"""Are key pictures enough to look at?"""

import pytest

from vision.pace import KeyPace


def told(pace: KeyPace, start_s: float, interval_s: float, count: int) -> float:
    """Tell of key pictures at an interval; return when the last one came."""
    for n in range(count):
        pace.key(start_s + n * interval_s, start_s + n * interval_s)
    return start_s + (count - 1) * interval_s


@pytest.mark.parametrize(
    ("interval_s", "every_s", "whole"),
    [
        (0.5, 1.0, False),
        (1.0, 1.0, False),
        (2.0, 1.0, False),
        (2.6, 1.0, True),
        (10.0, 1.0, True),
        (0.5, 0.5, False),
        (1.0, 0.5, True),
    ],
)
def test_key_pictures_are_enough_when_they_are_close(
    interval_s: float, every_s: float, whole: bool
) -> None:
    pace = KeyPace()
    last_s = told(pace, 0, interval_s, 4)
    assert pace.judge(every_s, last_s) is whole
    assert pace.interval_s == pytest.approx(interval_s)


def test_a_second_key_picture_that_does_not_come_says_enough() -> None:
    pace = KeyPace()
    assert pace.judge(1, 100) is False  # nothing came at all: the camera is silent
    pace.key(0, 100)
    assert pace.judge(1, 102.5) is False
    assert pace.judge(1, 103.1) is True


def test_a_camera_that_stops_is_not_taken_for_one_with_few_key_pictures() -> None:
    pace = KeyPace()
    last_s = told(pace, 0, 1.0, 5)
    assert pace.judge(1, last_s + 60) is False
    pace.pause()
    told(pace, 60, 1.0, 2)
    assert pace.judge(1, 61) is False
    assert pace.interval_s == pytest.approx(1.0)


def test_a_camera_that_was_mended_goes_back_to_key_pictures() -> None:
    pace = KeyPace()
    last_s = told(pace, 0, 5.0, 3)
    assert pace.judge(1, last_s) is True
    last_s = told(pace, 20, 1.0, 3)
    assert pace.judge(1, last_s) is True  # two good intervals are no habit yet
    pace.key(23, 23)
    assert pace.judge(1, 23) is False
