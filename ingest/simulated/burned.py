"""What is burned into a simulated picture so that a machine can tell which picture it is.

A row of 24 black and white cells in the upper right corner: 2 to find it, 4 for the scene, 4 for
the variant, 10 for the picture number, 4 to check. It survives H.264 at 640×360.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

COUNTER_RANGE = 1 << 10  # picture numbers that a mark can tell apart
_CELLS = 24
_LEFT, _TOP = 0.709, 0.018  # of the picture
_CELL_WIDTH, _CELL_HEIGHT = 0.0115, 0.022
_DARK_BELOW, _BRIGHT_ABOVE = 90, 165


@dataclass(frozen=True, slots=True)
class Mark:
    """Scene and variant by their index in SCENES and Scene.variants; ``number`` from 0."""

    scene: int
    variant: int
    number: int


def burn(picture: Picture, mark: Mark, text: str) -> None:
    """Write the mark and a line of text into a BGR picture, in place."""
    height, width = picture.shape[:2]
    for n, bright in enumerate(_cells(mark)):
        left, top, right, bottom = _cell(n, width, height)
        picture[top:bottom, left:right] = 255 if bright else 0
    size = round(height / 32)
    left, base = round(0.016 * width), round(0.045 * height)
    face = cv2.FontFace("sans")
    for shift, colour in ((max(1, height // 480), (0, 0, 0)), (0, (255, 255, 255))):
        cv2.putText(picture, text, (left + shift, base + shift), colour, face, size, 600)


def read_mark(picture: Picture) -> Mark | None:
    """Read the mark of a decoded BGR or grey picture of any size; None where there is none."""
    height, width = picture.shape[:2]
    bits: list[bool] = []
    for n in range(_CELLS):
        left, top, right, bottom = _cell(n, width, height)
        inset_x, inset_y = (right - left) // 4, (bottom - top) // 4
        middle = picture[top + inset_y : bottom - inset_y, left + inset_x : right - inset_x]
        if middle.size == 0:
            return None
        level = float(middle.mean())
        if _DARK_BELOW < level < _BRIGHT_ABOVE:
            return None
        bits.append(level >= _BRIGHT_ABOVE)
    value = sum(bit << n for n, bit in enumerate(reversed(bits)))
    mark = Mark(value >> 18 & 0xF, value >> 14 & 0xF, value >> 4 & 0x3FF)
    return mark if bits == _cells(mark) else None


def read_counter(picture: Picture) -> int | None:
    """Return the picture's number within its clip, or None where no mark can be read."""
    mark = read_mark(picture)
    return None if mark is None else mark.number


def _cells(mark: Mark) -> list[bool]:
    content = mark.scene << 14 | mark.variant << 10 | mark.number
    check = 0xA
    for shift in range(0, 20, 4):
        check ^= content >> shift & 0xF
    value = 0b10 << 22 | content << 4 | check
    return [bool(value >> n & 1) for n in reversed(range(_CELLS))]


def _cell(n: int, width: int, height: int) -> tuple[int, int, int, int]:
    left = round((_LEFT + n * _CELL_WIDTH) * width)
    right = round((_LEFT + (n + 1) * _CELL_WIDTH) * width)
    return left, round(_TOP * height), right, round((_TOP + _CELL_HEIGHT) * height)
