"""Reads labelled stills: a folder in YOLO's form, or pictures listed in a labels.json.

YOLO's form is ``images/**/*.jpg`` with ``labels/**/*.txt`` of the same name (a line a person:
class, centre x, centre y, width, height, all in shares of the picture), and ``data.yaml`` for
training. ``ignored/**/*.txt`` may hold regions that do not count. A folder below ``images/`` is a
group with figures of its own, for example a camera.

``labels.json`` maps a picture's path to ``{persons: [[left, top, right, bottom], …], ignore: […],
group: …}`` in pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from models.kit.errors import InvalidInput
from vision.detector import Picture, Tensor
from vision.evaluate import Labelled

_PICTURES = (".jpg", ".jpeg", ".png")
_PERSON = 0  # the number of the class in labels/
_Box = tuple[float, float, float, float]


class _Listed(BaseModel):
    persons: list[_Box]
    ignore: list[_Box] = []
    group: str | None = None
    label_source: str = ""


_LISTS = TypeAdapter(dict[str, _Listed])


@dataclass(frozen=True, slots=True)
class LabelledStill:
    """One picture with its truth, read when asked for; ``size`` of boxes: pixels or shares."""

    path: Path
    group: str
    people: Tensor
    ignored: Tensor
    shares: bool

    def open(self) -> tuple[Picture, Labelled]:
        """Return the picture and its people in pixels.

        Raises:
            InvalidInput: the picture cannot be read.
        """
        read = cv2.imread(str(self.path), cv2.IMREAD_COLOR)
        if read is None:
            msg = f"{self.path.name} cannot be read as a picture; take it out of the set"
            raise InvalidInput(msg)
        picture: Picture = np.asarray(read, np.uint8)
        height, width = picture.shape[:2]
        scale = np.array([width, height] * 2 if self.shares else [1] * 4, np.float32)
        return picture, Labelled(self.people * scale, self.ignored * scale)


def read_set(folder: Path) -> list[LabelledStill]:
    """Return the stills of a set, in the order of their names.

    Raises:
        InvalidInput: there is no such set, it is empty, or a label cannot be meant.
    """
    listed = folder / "labels.json"
    stills = list(_listed(listed) if listed.is_file() else _of_yolo(folder))
    if not stills:
        msg = f"no labelled pictures in {folder.name}; it needs images/ and labels/, or labels.json"
        raise InvalidInput(msg)
    return stills


def _listed(path: Path) -> Iterator[LabelledStill]:
    try:
        lists = _LISTS.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        msg = f"labels.json cannot be read ({error}); correct it"
        raise InvalidInput(msg) from error
    for name, listed in sorted(lists.items()):
        group = listed.group or (listed.label_source.split() or ["all"])[0]
        still = path.parent / name
        if not still.resolve().is_relative_to(path.parent.resolve()):
            msg = f"labels.json names {name}, outside of its folder; correct it"
            raise InvalidInput(msg)
        yield LabelledStill(still, group, _boxes(listed.persons), _boxes(listed.ignore), False)


def _of_yolo(folder: Path) -> Iterator[LabelledStill]:
    images = folder / "images"
    for path in sorted(images.rglob("*")) if images.is_dir() else ():
        if path.suffix.lower() not in _PICTURES:
            continue
        below = path.relative_to(images)
        label = folder / "labels" / below.with_suffix(".txt")
        if not label.is_file():
            continue  # nobody has labelled it yet; a picture without people has an empty file
        ignored = folder / "ignored" / below.with_suffix(".txt")
        yield LabelledStill(
            path,
            below.parts[0] if len(below.parts) > 1 else "all",
            yolo_boxes(label),
            yolo_boxes(ignored) if ignored.is_file() else _boxes([]),
            True,
        )


def yolo_boxes(path: Path) -> Tensor:
    """Return N × 4 boxes (left, top, right, bottom, in shares) of a label file.

    Raises:
        InvalidInput: a line is no label.
    """
    boxes: list[_Box] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            label, x, y, width, height = line.split()
            x, y, width, height = map(float, (x, y, width, height))  # type: ignore[assignment]
            kind = int(label)
        except ValueError as error:
            msg = f"{path.name}, line {number}: a label is «0 x y width height»; correct it"
            raise InvalidInput(msg) from error
        box = _edges(float(x), float(y), float(width), float(height))
        if box is None:
            msg = f"{path.name}, line {number}: the numbers must be from 0 to 1; correct it"
            raise InvalidInput(msg)
        if kind == _PERSON:
            boxes.append(box)
    return _boxes(boxes)


def yolo_line(box: Tensor) -> str:
    """Return the label of a person; ``box`` in shares."""
    left, top, right, bottom = (float(edge) for edge in box)
    middle = ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
    return f"{_PERSON} " + " ".join(f"{number:.6f}" for number in middle)


def _edges(x: float, y: float, width: float, height: float) -> _Box | None:
    numbers = (x, y, width, height)
    if not all(0 <= number <= 1 for number in numbers):
        return None
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _boxes(rows: list[_Box]) -> Tensor:
    return np.array(rows, np.float32).reshape(-1, 4)
