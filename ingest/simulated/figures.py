"""The people of the simulated halls: cut-outs, mirrored and recoloured, that sway a little."""

from dataclasses import dataclass
from functools import cache
from math import pi, sin
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Sprite = NDArray[np.float32]  # height, width, BGRA; colours 0–255 times alpha, alpha 0–1

_FOLDER = Path(__file__).parent / "cutouts"
_QUEUE = 6
_OPERATORS = 2
_HEAD = 0.17  # the part of a figure whose colours stay as they are
_LEGS = 0.62
# Clothes as Lab colours (lightness, a, b); None for as photographed.
_CLOTHES: tuple[tuple[int, int, int] | None, ...] = (
    None,
    (70, 132, 104),
    (84, 152, 146),
    (76, 114, 138),
    (150, 128, 130),
    (104, 138, 146),
    (58, 128, 122),
)
_JACKETS: tuple[tuple[int, int, int], ...] = (
    (40, 128, 110),
    (46, 128, 126),
    (50, 140, 122),
    (62, 124, 120),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A person at a fixed place. ``foot`` is the lower middle of the sprite in pixels."""

    sprite: Sprite
    foot: tuple[int, int]
    phase: float
    sway_px: float
    cut_below: int | None = None  # rows from here on are hidden, e.g. by the counter

    def draw(self, canvas: Picture, turn: float) -> None:
        """Blend the figure into the picture; ``turn`` is the place in the loop, 0–1."""
        height, width = self.sprite.shape[:2]
        lean = self.sway_px * (sin(2 * pi * (turn + self.phase)) + 0.4 * sin(6 * pi * turn))
        margin = 8
        shear = np.array([[1, -lean / height, margin + lean], [0, 1, 0]], np.float32)
        leaned = cv2.warpAffine(self.sprite, shear, (width + 2 * margin, height))
        left = self.foot[0] - width // 2 - margin
        top = self.foot[1] - height
        bottom = min(self.foot[1], canvas.shape[0], self.cut_below or canvas.shape[0])
        x0, x1 = max(0, left), min(canvas.shape[1], left + width + 2 * margin)
        y0 = max(0, top)
        part = leaned[y0 - top : bottom - top, x0 - left : x1 - left]
        under = canvas[y0:bottom, x0:x1]
        under[:] = under * (1 - part[..., 3:]) + part[..., :3]


def queue_figure(place: int, height_px: int) -> Sprite:
    """Return the person of a place in the queue, always the same one for the same place."""
    clothes = _CLOTHES[(place * 3 + place // _QUEUE) % len(_CLOTHES)]
    return _sized(f"queue-{place % _QUEUE + 1}", height_px, clothes, mirrored=place % 3 == 1)


def operator_figure(number: int, height_px: int) -> Sprite:
    """Return the upper half of the operator of a window."""
    clothes = _JACKETS[number % len(_JACKETS)]
    name = f"operator-{number % _OPERATORS + 1}"
    return _sized(name, height_px, clothes, mirrored=number % 4 > 1, head=0.72, legs=1.0)


def graded(sprite: Sprite, gain: tuple[float, float, float]) -> Sprite:
    """Return the sprite in the hall's light: BGR factors."""
    lit = sprite.copy()
    lit[..., :3] = np.minimum(lit[..., :3] * np.array(gain, np.float32), 255 * lit[..., 3:])
    return lit


def _sized(
    name: str,
    height_px: int,
    clothes: tuple[int, int, int] | None,
    *,
    mirrored: bool,
    head: float = _HEAD,
    legs: float = _LEGS,
) -> Sprite:
    picture = _cutout(name)
    if clothes is not None:
        picture = _dressed(picture, clothes, head, legs)
    if mirrored:
        picture = np.ascontiguousarray(picture[:, ::-1])
    width_px = round(picture.shape[1] * height_px / picture.shape[0])
    alpha = picture[..., 3:].astype(np.float32) / 255
    sprite = np.dstack([picture[..., :3] * alpha, alpha]).astype(np.float32)
    small = cv2.resize(sprite, (width_px, height_px), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.7), np.float32)


@cache
def _cutout(name: str) -> Picture:
    path = _FOLDER / f"{name}.png"
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise FileNotFoundError(f"{path} is missing; restore it from the repository")
    return np.asarray(picture, np.uint8)


def _dressed(picture: Picture, clothes: tuple[int, int, int], head: float, legs: float) -> Picture:
    height = picture.shape[0]
    rows = np.arange(height) / height
    weight = np.clip((rows - head) * 30, 0, 1) * np.clip((legs - rows) * 30, 0, 1)
    mixed = np.repeat((0.85 * weight)[:, None], picture.shape[1], axis=1).astype(np.float32)
    clipped = np.ascontiguousarray(picture[..., :3])
    lab: Sprite = np.asarray(cv2.cvtColor(clipped, cv2.COLOR_BGR2LAB), np.float32)
    skin = (lab[..., 0] > 75) & (lab[..., 1] > 138)
    mixed = np.where(skin, np.float32(0), mixed)
    worn = (picture[..., 3] > 128) & (mixed > 0)
    lightness, a, b = clothes
    # Keep the folds: shift the lightness as a whole instead of painting over it.
    lab[..., 0] += 0.8 * (lightness - float(lab[..., 0][worn].mean())) * mixed
    lab[..., 0] = lab[..., 0].clip(4, 250)
    lab[..., 1] += (a - lab[..., 1]) * mixed
    lab[..., 2] += (b - lab[..., 2]) * mixed
    bgr = cv2.cvtColor(lab.astype(np.uint8), cv2.COLOR_LAB2BGR)
    return np.dstack([bgr, picture[..., 3]])
