import pytest

from ingest.cameras.access_unit import AccessUnit
from ingest.cameras.measure import Measured, Meter

START_S = 1_790_000_000.0


def key(number: int, *, gop_s: float = 2.0, fps: float = 15, delay_s: float = 0.0) -> AccessUnit:
    at_s = START_S + number * gop_s
    duration = round(90_000 / fps)
    return AccessUnit(
        sequence=round(number * gop_s * fps) + 1,
        dts=round(at_s * 90_000),
        cts=0,
        duration=duration,
        key=True,
        avcc=b"",
        received_at=at_s + 1 / fps + delay_s,
    )


def test_pace_is_known_with_the_second_key_picture() -> None:
    meter = Meter()
    assert meter.key(key(0), None) is None
    assert meter.key(key(1), None) == Measured(frame_rate=15, key_interval_s=2)
    assert meter.key(key(2), None) is None  # no news


def test_a_changed_key_interval_is_news_after_a_while() -> None:
    meter = Meter()
    for number in range(3):
        meter.key(key(number), None)
    told = [meter.key(key(number, gop_s=4.0), None) for number in range(2, 30)]
    changes = [measured for measured in told if measured is not None]
    assert changes[-1].key_interval_s == pytest.approx(4.0, rel=0.1)
    assert len(changes) <= 3


@pytest.mark.parametrize("off_s", [0.0, 7.25, -3600.0])
def test_the_clock_offset_is_what_the_quickest_picture_says(off_s: float) -> None:
    meter = Meter()
    measured = None
    for number, delay_s in enumerate([0.4, 0.02, 0.3, 0.0, 0.2] * 4):
        unit = key(number, delay_s=delay_s)
        measured = meter.key(unit, START_S + number * 2 + off_s) or measured
    assert measured is not None
    assert measured.clock_offset_s == pytest.approx(off_s, abs=0.41)


def test_a_clock_that_is_set_is_followed() -> None:
    meter = Meter()
    told = [meter.key(key(n), START_S + n * 2 + (60 if n < 10 else 0)) for n in range(40)]
    known = [measured.clock_offset_s for measured in told if measured is not None]
    assert known[0] == pytest.approx(60)
    assert known[-1] == pytest.approx(0)


@pytest.mark.parametrize(
    ("offset_s", "detail"),
    [
        (None, ""),
        (4.9, ""),
        (7.2, "the camera's clock is 7 s ahead of this node's; set its time (NTP)"),
        (-90.0, "the camera's clock is 90 s behind this node's; set its time (NTP)"),
    ],
)
def test_a_clock_far_off_deserves_a_word(offset_s: float | None, detail: str) -> None:
    assert Measured(clock_offset_s=offset_s).clock_detail == detail
