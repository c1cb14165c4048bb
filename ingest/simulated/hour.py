"""A drawn hall in which people come, wait and go, written as a set for ``vision evaluate``.

One look a second: ``hall.mp4`` and ``sequence.json`` with what is true in each look. For two
minutes nothing can be seen: the picture freezes, and later it is dark.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
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
_BLIND_S = 60
_GOP = 10


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
        )

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
        figures = [figure for _, figure in (*clerks, *drawn)]
        large = self._empty.drawn(figures, second)
        small = np.asarray(cv2.resize(large, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
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


def write_set(folder: Path, scene: Scene, seed: int, seconds: int) -> None:
    """Write the set; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    hall = MovingHall(scene, seed, seconds)
    looks: list[dict[str, Any]] = []
    _encode(folder / "hall.mp4", _pictures(hall, seconds, looks))
    waits = [waited.waited_s for waited in hall.visitors.waits]
    sequence = {
        "video": "hall.mp4",
        "zones": hall.zones(),
        "looks": looks,
        "mean_wait_s": round(fmean(waits), 2) if waits else None,
    }
    (folder / "sequence.json").write_text(json.dumps(sequence), encoding="utf-8")


def _pictures(hall: MovingHall, seconds: int, looks: list[dict[str, Any]]) -> Iterator[Picture]:
    """Yield the pictures, and write down the truth of each."""
    frozen_from, dark_from = seconds // 3, 2 * seconds // 3
    shown: Picture | None = None
    for second in range(seconds):
        picture, truth = hall.look(second)
        blind = None
        if frozen_from < second <= frozen_from + _BLIND_S and shown is not None:
            picture, blind = shown, "frozen"
        elif dark_from < second <= dark_from + _BLIND_S:
            picture, blind = (picture * _DARKENED).astype(np.uint8), "dark"
        looks.append({"at_s": second, **({"blind": blind} if blind else truth)})
        shown = picture
        yield picture


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
