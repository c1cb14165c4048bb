"""A labelled set made of the simulated hall: stills with boxes, and a sequence with its truth."""

import json
from pathlib import Path

import cv2
import numpy as np

from ingest.simulated.figures import Figure
from ingest.simulated.hall import HEIGHT, WIDTH, Hall
from ingest.simulated.scenes import LONG_QUEUE, SCENES, STAFFED, Scene
from models.observations import ZoneKind
from vision.labelled_set import yolo_line

Box = tuple[float, float, float, float]


def boxes_of(hall: Hall) -> list[Box]:
    """The visible part of each figure, in shares of the picture."""
    return [_box(figure) for figure in (*hall._operators, *hall._queue)]


def _box(figure: Figure) -> Box:
    height, width = figure.sprite.shape[:2]
    seen = np.argwhere(figure.sprite[..., 3] > 0.5)
    (top, left), (bottom, right) = seen.min(axis=0), seen.max(axis=0) + 1
    x, y = figure.foot[0] - width // 2, figure.foot[1] - height
    foot = min(y + int(bottom), figure.cut_below or HEIGHT, HEIGHT)
    return (
        max(0, x + int(left)) / WIDTH,
        (y + int(top)) / HEIGHT,
        min(WIDTH, x + int(right)) / WIDTH,
        foot / HEIGHT,
    )


def make_stills(folder: Path, scenes: tuple[Scene, ...] = SCENES) -> Path:
    """A still of each scene with its long queue, in YOLO's form; a group a scene."""
    for scene in scenes:
        hall = Hall(scene, LONG_QUEUE)
        name = f"{scene.name}/{LONG_QUEUE}"
        _write(folder / "images" / f"{name}.jpg", hall, 7)
        label = folder / "labels" / f"{name}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        lines = [yolo_line(np.array(box)) for box in boxes_of(hall)]
        label.write_text("\n".join(lines) + "\n")
    return folder


def make_sequence(folder: Path) -> Path:
    """The first scene: staffed for 2 looks, then window 3 empties for 13, one look a second."""
    scene = SCENES[0]
    looks = []
    halls = {variant: Hall(scene, variant) for variant in (STAFFED, "window-3-empty")}
    for second in range(15):
        variant = STAFFED if second < 2 else "window-3-empty"
        hall = halls[variant]
        name = f"{second:02d}.jpg"
        _write(folder / "images" / name, hall, second * 10)
        truth = scene.truth(variant)
        people = {
            n: [left * 640, top * 360, right * 640, bottom * 360]
            for n, (left, top, right, bottom) in enumerate(boxes_of(hall))
        }
        zones = {f"window-{n}": int(there) for n, there in truth.present.items()}
        looks.append(
            {
                "at_s": second,
                "picture": f"images/{name}",
                "zones": {**zones, "queue": truth.queue},
                "people": people if second < 2 else None,
            }
        )
    zones_drawn = [
        {
            "name": "queue" if zone.kind is ZoneKind.QUEUE else f"window-{zone.window_number}",
            "kind": zone.kind.value,
            "polygon": zone.polygon,
            "window": zone.window_number,
        }
        for zone in scene.zones
    ]
    (folder / "sequence.json").write_text(json.dumps({"zones": zones_drawn, "looks": looks}))
    return folder


def _write(path: Path, hall: Hall, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    small = cv2.resize(hall.picture(number), (640, 360), interpolation=cv2.INTER_AREA)
    assert cv2.imwrite(str(path), small, [cv2.IMWRITE_JPEG_QUALITY, 90])
