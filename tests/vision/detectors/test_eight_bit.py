"""Ranges become steps that hold every number in them, and zero exactly."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kit.errors import SettingsError
from tests.vision import pictures
from vision import weights
from vision.detectors.choose import load_detector
from vision.detectors.eight_bit import as_json, joined_ranges, pays, read_ranges, steps
from vision.detectors.openvino import OpenVinoNetwork
from vision.detectors.people import PeopleDetector
from vision.overlap import iou

DEFAULT = weights.packaged()["nanodet_g_person"]
NUMBERS = st.floats(-1e4, 1e4)


@given(NUMBERS, NUMBERS)
def test_steps_hold_the_range_and_zero(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    found = steps(low, high)
    first, last = found.ends
    assert 0 <= found.zero <= 255
    assert first <= 0 <= last
    assert first <= min(low, 0) + found.size
    assert last >= max(high, 0) - found.size


def test_what_is_put_side_by_side_has_one_range() -> None:
    ranges = {"a": (-1.0, 2.0), "b": (0.0, 5.0), "c": (-3.0, 1.0), "d": (0.0, 1.0)}
    joined = joined_ranges([["a", "b"], ["d"], ["c", "b"]], ranges)
    assert joined == {"a": (-3, 5), "b": (-3, 5), "c": (-3, 5), "d": (0, 1)}


def test_ranges_are_read_as_they_were_written() -> None:
    ranges = {"a": (-1.0, 2.5), "b:0": (0.0, 0.125)}
    assert read_ranges(as_json(ranges, "a hall")) == ranges


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"tensors": {"a": [1]}}', b'{"tensors": {"a": 1}}'],
    ids=["empty", "a list", "none", "one number", "no pair"],
)
def test_what_is_no_file_of_ranges_is_named(content: bytes) -> None:
    with pytest.raises(SettingsError, match="ranges"):
        read_ranges(content)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx512_vnni sse", True), ("avx_vnni", True), ("avx2 avx512f", False), ("", False)],
    ids=["server", "desktop", "older", "nothing"],
)
def test_only_a_cpu_with_the_instructions_is_asked_for_eight_bits(
    tmp_path: Path, flags: str, expected: bool
) -> None:
    (tmp_path / "cpuinfo").write_text(f"model name : x\nflags\t\t: {flags}\n")
    assert pays(tmp_path / "cpuinfo") is expected
    assert not pays(tmp_path / "absent")


def test_the_default_runs_in_eight_bits_where_that_pays() -> None:
    told = load_detector("openvino", DEFAULT).name
    assert told.startswith("openvino 8-bit") is pays()
    assert load_detector("openvino", DEFAULT, precision="f32").name.startswith("openvino nano")


def test_eight_bits_find_the_same_people() -> None:
    content = DEFAULT.content()
    ranges = read_ranges(content.ranges)
    small = OpenVinoNetwork(content.main, ranges=ranges, precision="f32")
    picture = pictures.hall("long-queue", 50)
    people = load_detector("openvino", DEFAULT, precision="f32").detect(picture)
    found = PeopleDetector(small, DEFAULT.weights).detect(picture)
    assert len(found) == len(people) > 8
    assert all(iou(box, found.boxes).max() > 0.8 for box in people.boxes)
