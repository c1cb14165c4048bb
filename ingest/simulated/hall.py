"""Draws a simulated hall: walls, counter, windows, furniture, and the people of a variant."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.simulated.burned import Mark, burn
from ingest.simulated.figures import Figure, graded, operator_figure, queue_figure
from ingest.simulated.scenes import SCENES, Scene

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]  # BGR

WIDTH, HEIGHT = 1280, 720
LOOP_PICTURES = 100
_NOISES = 8


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of the room, and the light as BGR factors on everything in it."""

    wall: Colour
    floor: Colour
    counter: Colour
    accent: Colour
    light: tuple[float, float, float]
    vignette: float


LOOKS = {
    "day": Look((226, 228, 224), (188, 194, 198), (196, 176, 150), (150, 110, 40), (1, 1, 1), 0.12),
    "evening": Look(
        (170, 184, 196), (120, 128, 140), (92, 104, 126), (70, 150, 220), (0.7, 0.76, 0.82), 0.4
    ),
    "blue": Look(
        (226, 214, 196), (196, 186, 172), (180, 130, 70), (190, 150, 0), (1.02, 0.96, 0.9), 0.18
    ),
    "warm": Look(
        (190, 214, 228), (140, 168, 190), (84, 124, 170), (60, 90, 190), (0.84, 0.95, 1.0), 0.2
    ),
}


class Hall:
    """One scene in one variant; ``picture(n)`` draws the n-th picture of its loop."""

    def __init__(self, scene: Scene, variant: str) -> None:
        self._scene = scene
        self._variant = variant
        self._look = LOOKS[scene.look]
        self._random = np.random.default_rng(len(scene.name) + 7 * SCENES.index(scene))
        truth = scene.truth(variant)
        self._operators = self._seated([n for n, there in truth.present.items() if there])
        self._queue = self._standing(truth.queue)
        self._room = self._drawn_room()
        self._noises = [
            self._random.normal(0, 2.2, (HEIGHT, WIDTH, 1)).astype(np.int16).repeat(3, axis=2)
            for _ in range(_NOISES)
        ]

    def picture(self, number: int) -> Picture:
        """Return the picture as 720×1280 BGR; numbers repeat after LOOP_PICTURES."""
        return self.drawn((*self._operators, *self._queue), number)

    def drawn(self, figures: Iterable[Figure], number: int) -> Picture:
        """Return the n-th picture with these people in the room, the farthest first."""
        turn = (number % LOOP_PICTURES) / LOOP_PICTURES
        canvas = self._room.copy()
        for figure in figures:
            figure.draw(canvas, turn)
        noise = self._noises[number * 5 % _NOISES]
        canvas = np.asarray(cv2.add(canvas, noise, dtype=cv2.CV_8U), np.uint8)
        seconds, tenths = divmod(number % LOOP_PICTURES, 10)
        mark = Mark(SCENES.index(self._scene), self._scene.variants.index(self._variant), number)
        text = f"{self._scene.name.upper()}  00:{seconds:02d}.{tenths}  #{number:04d}"
        burn(canvas, mark, text)
        return canvas

    def _seated(self, windows: list[int]) -> list[Figure]:
        scene = self._scene
        counter = round(scene.counter_top * HEIGHT)
        height = round(scene.operator_height * HEIGHT)
        return [
            Figure(
                sprite=graded(
                    operator_figure(number + SCENES.index(scene), height), self._look.light
                ),
                foot=(round(scene.window_x[scene.windows.index(number)] * WIDTH), counter + 8),
                phase=number * 0.29,
                sway_px=4.5,
                cut_below=counter,
            )
            for number in windows
        ]

    def _standing(self, count: int) -> list[Figure]:
        figures = [
            Figure(
                sprite=graded(
                    queue_figure(n + SCENES.index(self._scene), round(place.height * HEIGHT)),
                    self._look.light,
                ),
                foot=(round(place.foot[0] * WIDTH), round(place.foot[1] * HEIGHT)),
                phase=n * 0.37,
                sway_px=4.0,
            )
            for n, place in enumerate(self._scene.places[:count])
        ]
        return sorted(figures, key=lambda figure: figure.foot[1])

    def _drawn_room(self) -> Picture:
        canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        self._draw_wall(canvas)
        self._draw_floor(canvas)
        self._draw_queue_lane(canvas)
        self._draw_counter(canvas)
        self._draw_furniture(canvas)
        soft = cv2.GaussianBlur(canvas, (0, 0), 0.9).astype(np.float32)
        soft *= np.array(self._look.light, np.float32) * self._lamps()[..., None]
        room = np.clip(soft, 0, 255).astype(np.uint8)
        for figure in self._queue:
            _shadow(room, figure.foot, figure.sprite.shape[1])
        return room

    def _lamps(self) -> NDArray[np.float32]:
        """Brightness over the picture: ceiling lamps above, darker corners."""
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
        x, y = x / WIDTH - 0.5, y / HEIGHT - 0.45
        falloff = 1.04 - self._look.vignette * 2.4 * (x**2 + y**2)
        ripple = 0.03 * np.cos(2 * pi * 3 * x) * np.exp(-((y + 0.45) ** 2) / 0.05)
        return np.asarray(falloff + ripple, np.float32)

    def _draw_wall(self, canvas: Picture) -> None:
        foot = round(self._scene.counter_foot * HEIGHT)
        shade = np.linspace(0.86, 1.0, foot, dtype=np.float32)[:, None, None]
        canvas[:foot] = (np.array(self._look.wall, np.float32) * shade).astype(np.uint8)
        cv2.rectangle(canvas, (0, 0), (WIDTH, 10), _shaded(self._look.wall, 0.72), -1)
        for x in range(0, WIDTH, 214):
            cv2.line(canvas, (x, 10), (x, foot), _shaded(self._look.wall, 0.9), 2)

    def _draw_floor(self, canvas: Picture) -> None:
        top = round(self._scene.counter_foot * HEIGHT)
        shade = np.linspace(0.82, 1.05, HEIGHT - top, dtype=np.float32)[:, None, None]
        canvas[top:] = (
            (np.array(self._look.floor, np.float32) * shade).clip(0, 255).astype(np.uint8)
        )
        seam = _shaded(self._look.floor, 0.84)
        vanishing = (WIDTH // 2, -HEIGHT // 2)
        for n in range(-14, 30):
            bottom = (n * WIDTH // 14, HEIGHT)
            share = (top - HEIGHT) / (vanishing[1] - HEIGHT)
            start = (round(bottom[0] + (vanishing[0] - bottom[0]) * share), top)
            cv2.line(canvas, start, bottom, seam, 1, cv2.LINE_AA)
        for n in range(1, 8):
            y = round(top + (HEIGHT - top) * (n / 8) ** 1.5)
            cv2.line(canvas, (0, y), (WIDTH, y), seam, 1)

    def _draw_queue_lane(self, canvas: Picture) -> None:
        """A lane on the floor, as halls mark where to wait, with a stop line at its head."""
        first, last = self._scene.places[0], self._scene.places[-1]
        onward = 1 if last.foot[0] > first.foot[0] else -1
        lane = [
            (first.foot[0] - 0.06 * onward, first.foot[1] - 0.045),
            (last.foot[0] + 0.2 * onward, last.foot[1] - 0.05),
            (last.foot[0] + 0.2 * onward, last.foot[1] + 0.06),
            (first.foot[0] - 0.06 * onward, first.foot[1] + 0.04),
        ]
        corners = np.array([(round(x * WIDTH), round(y * HEIGHT)) for x, y in lane], np.int32)
        painted = canvas.copy()
        cv2.fillPoly(painted, [corners], _shaded(self._look.floor, 0.9))
        cv2.polylines(painted, [corners], isClosed=True, color=self._look.accent, thickness=3)
        cv2.line(painted, corners[0].tolist(), corners[3].tolist(), self._look.accent, 9)
        canvas[:] = cv2.addWeighted(painted, 0.55, canvas, 0.45, 0)

    def _draw_counter(self, canvas: Picture) -> None:
        scene, look = self._scene, self._look
        top, foot = round(scene.counter_top * HEIGHT), round(scene.counter_foot * HEIGHT)
        head = round(0.066 * HEIGHT)
        between = [
            round((a + b) / 2 * WIDTH)
            for a, b in zip(scene.window_x, scene.window_x[1:], strict=False)
        ]
        cv2.rectangle(canvas, (0, top), (WIDTH, foot), look.counter, -1)
        cv2.rectangle(canvas, (0, top), (WIDTH, top + 10), _shaded(look.counter, 1.18), -1)
        cv2.rectangle(canvas, (0, top + 10), (WIDTH, top + 15), _shaded(look.counter, 0.72), -1)
        cv2.rectangle(canvas, (0, foot - 9), (WIDTH, foot), _shaded(look.counter, 0.6), -1)
        for x in (0, *between, WIDTH):
            cv2.rectangle(canvas, (x - 4, head), (x + 4, foot), _shaded(look.wall, 0.66), -1)
        for number, at in zip(scene.windows, scene.window_x, strict=True):
            self._draw_window(canvas, number, round(at * WIDTH), top)

    def _draw_window(self, canvas: Picture, number: int, x: int, top: int) -> None:
        accent = self._look.accent
        board = (x - 88, round(0.082 * HEIGHT), x + 88, round(0.132 * HEIGHT))
        cv2.rectangle(canvas, board[:2], board[2:], _shaded(accent, 0.85), -1)
        _centred(canvas, f"{number}-терезе", (x, (board[1] + board[3]) // 2), 22, (250, 250, 250))
        plate = (x - 26, top + 27, x + 26, top + 61)
        cv2.rectangle(canvas, plate[:2], plate[2:], (240, 240, 240), -1)
        cv2.rectangle(canvas, plate[:2], plate[2:], accent, 2)
        _centred(canvas, str(number), (x, (plate[1] + plate[3]) // 2), 26, _shaded(accent, 0.6))
        screen = _shaded(self._look.wall, 0.28)
        cv2.rectangle(canvas, (x + 74, top - 34), (x + 112, top - 8), screen, -1)
        cv2.rectangle(canvas, (x + 89, top - 8), (x + 97, top), screen, -1)
        for sheet in range(3):
            y = top - 3 - 4 * sheet
            paper = _shaded((235, 240, 245), 1 - 0.08 * sheet)
            cv2.rectangle(canvas, (x - 104, y - 2), (x - 74, y), paper, -1)

    def _draw_furniture(self, canvas: Picture) -> None:
        look, foot = self._look, round(self._scene.counter_foot * HEIGHT)
        mirrored = self._scene.places[0].foot[0] > 0.5
        for n in range(4):
            x = 30 + 66 * n if mirrored else WIDTH - 84 - 66 * n
            _chair(canvas, x, foot + 26, look.accent)
        left = WIDTH // 2 - 40
        dark = _shaded(look.counter, 0.55)
        for n in range(3):
            x = left + 130 * (n - 1)
            cv2.line(canvas, (x, foot + 10), (x, foot + 64), dark, 5, cv2.LINE_AA)
            cv2.ellipse(canvas, (x, foot + 66), (16, 5), 0, 0, 360, dark, -1, cv2.LINE_AA)
        belt = _shaded(look.accent, 0.8)
        for n in range(2):
            start = left + 130 * (n - 1)
            cv2.line(canvas, (start, foot + 18), (start + 130, foot + 18), belt, 5, cv2.LINE_AA)


def _centred(canvas: Picture, text: str, at: tuple[int, int], size: int, colour: Colour) -> None:
    """Write text (Kazakh too) with its middle at a point; ``size`` in pixels."""
    face = cv2.FontFace("sans")
    box = cv2.getTextSize((WIDTH, HEIGHT), text, (0, 0), face, size, 600)
    origin = (at[0] - box[2] // 2 - box[0], at[1] - box[3] // 2 - box[1])
    cv2.putText(canvas, text, origin, colour, face, size, 600)


def _chair(canvas: Picture, x: int, y: int, colour: Colour) -> None:
    cv2.rectangle(canvas, (x, y), (x + 50, y + 24), _shaded(colour, 0.9), -1)
    cv2.rectangle(canvas, (x - 2, y + 24), (x + 52, y + 34), _shaded(colour, 0.7), -1)
    for leg in (x + 4, x + 46):
        cv2.line(canvas, (leg, y + 34), (leg, y + 54), (90, 90, 90), 3, cv2.LINE_AA)


def _shadow(room: Picture, foot: tuple[int, int], width: int) -> None:
    shade = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(shade, (foot[0], foot[1] - 6), (round(width * 0.6), 13), 0, 0, 360, 0.42, -1)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), 7), np.float32)
    room[:] = (room * (1 - shade[..., None])).astype(np.uint8)


def _shaded(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255, round(part * factor)) for part in colour)
    return blue, green, red
