"""A drawn hall in which people come, wait and go, written as a set for ``vision evaluate``.

One look a second: ``hall.mp4`` and ``sequence.json`` with what is true in each look. Five times
the camera is hindered for up to a minute: the picture freezes, the lens is covered, it is dark,
the lens is out of focus, the camera is turned. The light changes all the time, and behind each
clerk stands a chair, some with a jacket on it.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import pi, sin
from pathlib import Path
from statistics import fmean
from typing import Any

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ingest.simulated.figures import Figure, Sprite, graded, operator_figure, queue_figure
from ingest.simulated.hall import HEIGHT, LOOKS, WIDTH, Hall
from ingest.simulated.scenes import EMPTY_HALL, Scene
from ingest.simulated.visitors import Floor, Person, Visitors
from models.observations import ZoneKind

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]

_SIZE = (640, 360)
_HEIGHTS = (0.1275, 0.3525)  # of people whose feet are at the top and at the bottom of the picture
_QUEUE = ((0.06, 0.73), (0.9, 0.73), (0.9, 0.99), (0.06, 0.99))
_SPOT = (0.06, 0.49, 0.61)  # half its width, top and bottom
_STEP_PX = 4  # of a sprite's height: those in between are drawn alike
_LOOKS_ALIKE = 42
_CLERKS = 10_000  # added to a window's number
_SEEN_SHARE = 0.3  # less of somebody cannot be found, so the truth does not ask for it
_DARKENED = 0.03
_BLIND_S, _BLIND_SHARE = 60, 30  # at most, and of the whole
_HINDERED = ("frozen", "covered", "dark", "defocused", "moved")
_GOP = 10
_ERRANDS_EVERY_S = 900.0
# Clouds and lamps: shares of the light, and how long a change lasts.
_LIGHT, _LIGHT_S, _LAMP, _LAMP_S = 0.07, 420.0, 0.1, 700
_BACK = (66.0, 58.0, 52.0, 1.0)  # of a chair: BGRA
_JACKET_FROM = 0.45  # of a clerk's figure, from the top: what hangs over a chair's back


class MovingHall:
    """Draws one second after another; deterministic by seed."""

    def __init__(self, scene: Scene, seed: int, seconds: int, *, per_hour: float = 85.0) -> None:
        self._scene = scene
        self._empty = Hall(scene, EMPTY_HALL)
        window_x = dict(zip(scene.windows, scene.window_x, strict=True))
        self.visitors = Visitors(
            np.random.default_rng(seed),
            Floor(window_x, *_HEIGHTS),
            per_hour=per_hour * len(window_x) / 4,
            breaks_until=max(301.0, seconds * 0.8),
            errands_every_s=_ERRANDS_EVERY_S,
        )
        self._chairs = [self._chair(number) for number in scene.windows]

    def zones(self) -> list[dict[str, Any]]:
        """Return the zones as somebody would draw them."""
        half, top, bottom = _SPOT
        zones: list[dict[str, Any]] = [
            {"name": "queue", "kind": ZoneKind.QUEUE.value, "polygon": _QUEUE}
        ]
        for zone in self._scene.zones:
            if zone.window_number is None:
                continue
            x = self.visitors.floor.window_x[zone.window_number]
            spot = ((x - half, top), (x + half, top), (x + half, bottom), (x - half, bottom))
            for name, kind, polygon in (
                ("window", ZoneKind.OPERATOR, zone.polygon),
                ("spot", ZoneKind.VISITOR, spot),
            ):
                zones.append(
                    {
                        "name": f"{name}-{zone.window_number}",
                        "kind": kind.value,
                        "polygon": polygon,
                        "window": zone.window_number,
                    }
                )
        return zones

    def look(self, second: int) -> tuple[Picture, dict[str, Any]]:
        """Move everybody by one second; return the picture, 360 × 640, and what is true in it."""
        self.visitors.step(second)
        present = {n: self.visitors.is_present(n, second) for n in self._scene.windows}
        people = sorted(self.visitors.people, key=lambda person: person.y)
        drawn = [(person.number, self._figure(person)) for person in people]
        clerks = [(_CLERKS + n, self._clerk(n)) for n, there in present.items() if there]
        figures = [*self._chairs, *(figure for _, figure in (*clerks, *drawn))]
        large = self._empty.drawn(figures, second)
        small = np.asarray(cv2.resize(large, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        small = cv2.convertScaleAbs(small, alpha=_light(second)).astype(np.uint8, copy=False)
        boxes = {number: _box(figure) for number, figure in (*clerks, *drawn)}
        return small, {
            "zones": {
                "queue": self.visitors.waiting(),
                **{f"window-{n}": int(there) for n, there in present.items()},
            },
            "people": _visible(boxes),
        }

    def _figure(self, person: Person) -> Figure:
        height = person.scale * self.visitors.floor.height(person.y) * HEIGHT
        alike = person.number % _LOOKS_ALIKE
        sprite = _visitor(alike, round(height / _STEP_PX) * _STEP_PX, self._scene.look)
        foot = (round(person.x * WIDTH), round(person.y * HEIGHT))
        return Figure(sprite, foot, phase=person.number * 0.37, sway_px=4.0)

    def _clerk(self, window: int) -> Figure:
        counter = round(self._scene.counter_top * HEIGHT)
        sprite = _clerk(window, round(self._scene.operator_height * HEIGHT), self._scene.look)
        foot = (round(self.visitors.floor.window_x[window] * WIDTH), counter + 8)
        return Figure(sprite, foot, phase=window * 0.29, sway_px=4.5, cut_below=counter)

    def _chair(self, window: int) -> Figure:
        counter = round(self._scene.counter_top * HEIGHT)
        height = round(self._scene.operator_height * HEIGHT)
        foot = (round(self.visitors.floor.window_x[window] * WIDTH), counter + 8)
        sprite = _chair(window, height, self._scene.look)
        return Figure(sprite, foot, phase=0.0, sway_px=0.0, cut_below=counter)


def write_set(
    folder: Path, scene: Scene, seed: int, seconds: int, *, per_hour: float = 85.0
) -> None:
    """Write the set; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    hall = MovingHall(scene, seed, seconds, per_hour=per_hour)
    looks: list[dict[str, Any]] = []
    _encode(folder / "hall.mp4", _pictures(hall, seed, seconds, looks))
    waits = hall.visitors.waits
    sequence = {
        "video": "hall.mp4",
        "zones": hall.zones(),
        "looks": looks,
        "mean_wait_s": round(fmean(one.waited_s for one in waits), 2) if waits else None,
        "waits": [(one.called_s, one.waited_s) for one in waits],
    }
    (folder / "sequence.json").write_text(json.dumps(sequence), encoding="utf-8")


def _pictures(
    hall: MovingHall, seed: int, seconds: int, looks: list[dict[str, Any]]
) -> Iterator[Picture]:
    """Yield the pictures, and write down the truth of each."""
    rng = np.random.default_rng(seed)
    begins = {
        what: seconds * (place + 1) // (len(_HINDERED) + 1) for place, what in enumerate(_HINDERED)
    }
    strengths = {what: float(rng.random()) for what in _HINDERED}
    blind_s = max(1, min(_BLIND_S, seconds // _BLIND_SHARE))
    shown: Picture | None = None
    for second in range(seconds):
        picture, truth = hall.look(second)
        blind = next((w for w, at in begins.items() if at < second <= at + blind_s), None)
        if blind == "frozen" and shown is not None:
            picture = shown
        elif blind is not None:
            picture = _hindered(picture, blind, strengths[blind], second)
        looks.append({"at_s": second, **({"blind": blind} if blind else truth)})
        shown = picture
        yield picture


def _hindered(picture: Picture, what: str, strength: float, second: int) -> Picture:
    """Return what a hindered camera shows; ``strength`` 0-1 says how thoroughly."""
    height, width = picture.shape[:2]
    if what == "dark":
        return (picture * _DARKENED).astype(np.uint8)
    if what == "defocused":
        blurred = cv2.GaussianBlur(picture, (0, 0), 4.0 + 3.0 * strength)
        return np.asarray(blurred, np.uint8)
    if what == "covered":  # a cloth: some of the light comes through, and it has a weave
        through = cv2.GaussianBlur(picture, (0, 0), 40.0).astype(np.float32)
        weave = np.random.default_rng(second).normal(0, 3.0, (height, width, 1))
        return np.clip(through * (0.3 + 0.4 * strength) + weave, 0, 255).astype(np.uint8)
    aside = round((0.15 + 0.2 * strength) * width)
    turned = np.array([[1, 0, aside], [0, 1, aside // 4]], np.float32)
    return np.asarray(
        cv2.warpAffine(picture, turned, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def _light(second: int) -> float:
    """Return the light as a share of the usual one: it drifts, and one lamp goes off and on."""
    lamp = _LAMP if second // _LAMP_S % 2 else 0.0
    return 1.0 + _LIGHT * sin(2 * pi * second / _LIGHT_S) - lamp


def _encode(path: Path, pictures: Iterator[Picture]) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=1)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, 1)
        stream.codec_context.gop_size = _GOP
        stream.codec_context.max_b_frames = 0
        stream.options = {"preset": "veryfast", "crf": "20"}
        for second, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = second
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


@cache
def _visitor(alike: int, height_px: int, look: str) -> Sprite:
    return graded(queue_figure(alike, height_px), LOOKS[look].light)


@cache
def _clerk(window: int, height_px: int, look: str) -> Sprite:
    return graded(operator_figure(window, height_px), LOOKS[look].light)


@cache
def _chair(window: int, height_px: int, look: str) -> Sprite:
    """Return an empty chair: with a jacket over it at odd windows, else a plain high back."""
    jacket = operator_figure(window + 1, height_px)
    if window % 2:
        jacket[: round(_JACKET_FROM * height_px)] = 0.0
        return graded(jacket, LOOKS[look].light)
    width = jacket.shape[1]
    back = np.zeros((height_px, width, 4), np.float32)
    middle, half = width // 2, round(width * 0.28)
    top = round(height_px * 0.3)
    cv2.rectangle(back, (middle - half, top + 14), (middle + half, height_px), _BACK, -1)
    cv2.ellipse(back, (middle, top + 14), (half, 14), 0, 0, 360, _BACK, -1)
    return graded(np.asarray(cv2.GaussianBlur(back, (0, 0), 1.0), np.float32), LOOKS[look].light)


def _box(figure: Figure) -> Box:
    """Return where a figure is drawn, in pixels of the small picture."""
    height, width = figure.sprite.shape[:2]
    left, top, right, bottom = _extent(figure.sprite)
    x, y = figure.foot[0] - width // 2, figure.foot[1] - height
    foot = min(y + bottom, figure.cut_below or HEIGHT, HEIGHT)
    scale = _SIZE[0] / WIDTH
    edges = (max(0, x + left), y + top, min(WIDTH, x + right), foot)
    return edges[0] * scale, edges[1] * scale, edges[2] * scale, edges[3] * scale


def _extent(sprite: Sprite) -> tuple[int, int, int, int]:
    opaque = sprite[..., 3] > 0.5
    columns, rows = np.flatnonzero(opaque.any(axis=0)), np.flatnonzero(opaque.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _visible(boxes: dict[int, Box]) -> dict[int, list[float]]:
    """Return those of whom enough is seen; later ones are drawn over earlier ones."""
    numbers = list(boxes)
    found: dict[int, list[float]] = {}
    for place, number in enumerate(numbers):
        left, top, right, bottom = boxes[number]
        columns, rows = round(right - left), round(bottom - top)
        if columns <= 0 or rows <= 0:
            continue
        free = np.ones((rows, columns), np.bool_)
        for nearer in numbers[place + 1 :]:
            x0, y0, x1, y1 = boxes[nearer]
            free[
                max(0, round(y0 - top)) : max(0, round(y1 - top)),
                max(0, round(x0 - left)) : max(0, round(x1 - left)),
            ] = False
        if free.mean() >= _SEEN_SHARE:
            found[number] = [round(edge, 1) for edge in (left, top, right, bottom)]
    return found
