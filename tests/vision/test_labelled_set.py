"""Labelled stills are read, and what cannot be meant is named with its place."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kit.errors import InvalidInput
from vision.labelled_set import read_set, yolo_boxes, yolo_line


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def still(path: Path, height: int = 60, width: int = 100) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))


def test_a_yolo_set_has_groups_and_ignored_regions(tmp_path: Path) -> None:
    still(tmp_path / "images" / "hall" / "1.jpg")
    write(tmp_path / "labels" / "hall" / "1.txt", "0 0.5 0.5 0.2 0.4\n\n7 0.1 0.1 0.1 0.1\n")
    write(tmp_path / "ignored" / "hall" / "1.txt", "0 0.1 0.1 0.2 0.2")
    still(tmp_path / "images" / "2.png")
    write(tmp_path / "labels" / "2.txt")
    still(tmp_path / "images" / "3.jpg")  # not labelled yet
    write(tmp_path / "images" / "readme.txt")
    second, first = read_set(tmp_path)
    assert [first.group, second.group] == ["hall", "all"]
    picture, truth = first.open()
    assert picture.shape == (60, 100, 3)
    assert truth.people.tolist() == [pytest.approx([40, 18, 60, 42])]
    assert truth.ignored.tolist() == [pytest.approx([0, 0, 20, 12])]
    assert second.open()[1].people.shape == (0, 4)


def test_a_list_gives_pixels(tmp_path: Path) -> None:
    still(tmp_path / "a.jpg")
    listed = {
        "a.jpg": {"persons": [[1, 2, 30, 40]], "ignore": [], "group": "night"},
        "b.jpg": {"persons": [], "label_source": "by eye, twice"},
    }
    write(tmp_path / "labels.json", json.dumps(listed))
    one, other = read_set(tmp_path)
    assert (one.group, other.group) == ("night", "by")
    assert one.open()[1].people.tolist() == [[1, 2, 30, 40]]
    with pytest.raises(InvalidInput, match=r"b\.jpg"):
        other.open()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0 0.5 0.5 0.2", "line 1"),
        ("0 0.5 0.5 0.2 x", "line 1"),
        ("0 50 50 20 40", "from 0 to 1"),
        ("0 nan 0.5 0.2 0.4", "from 0 to 1"),
        ("person 0.5 0.5 0.2 0.4", "line 1"),
    ],
    ids=["short", "no number", "pixels", "nan", "a name"],
)
def test_a_label_that_cannot_be_meant_is_named(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        yolo_boxes(write(tmp_path / "1.txt", line))


@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"a.jpg": {"persons": [[1, 2, 3]]}}', '{"../a.jpg": {"persons": []}}'],
    ids=["a list", "cut", "three edges", "outside"],
)
def test_a_list_that_cannot_be_meant_is_named(tmp_path: Path, text: str) -> None:
    write(tmp_path / "labels.json", text)
    with pytest.raises(InvalidInput, match=r"labels\.json"):
        read_set(tmp_path)


def test_an_empty_folder_says_what_a_set_needs(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="images/ and labels/"):
        read_set(tmp_path)


@given(st.tuples(*[st.floats(0, 1, width=32)] * 4))
def test_a_written_label_is_read_back(edges: tuple[float, float, float, float]) -> None:
    left, right = sorted(edges[:2])
    top, bottom = sorted(edges[2:])
    numbers = list(map(float, yolo_line(np.array([left, top, right, bottom])).split()))
    assert numbers[1] - numbers[3] / 2 == pytest.approx(left, abs=1e-5)
    assert numbers[2] + numbers[4] / 2 == pytest.approx(bottom, abs=1e-5)
    assert all(0 <= number <= 1 for number in numbers)
