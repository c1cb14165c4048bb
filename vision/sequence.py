"""Reads looks at one camera in their order with what was true in each: ``sequence.json``.

``{"video": "hall.mp4", "zones": [{"name", "kind", "polygon", "anchor"}], "looks": [{"at_s": 0.0,
"zones": {"queue": 3, "window-1": 1}, "people": {"7": [left, top, right, bottom]}}],
"mean_wait_s": 66, "waits": [[90.0, 45.5]]}``; ``waits`` are when somebody went to a window and how
long they had waited. A look without a video names its ``picture``. What the truth is not known of
is left out: then no figure is told of it. ``"blind": "dark"`` says that nothing can be seen.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Self
from uuid import UUID

import av
import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.kit.errors import InvalidInput
from models.observations import Anchor, ZoneKind
from vision.detector import Picture
from vision.watched import WatchedCamera
from vision.zones import Polygon, watched_zone

CAMERA = UUID(int=1)
OFFICE = UUID(int=2)
_FIRST_ZONE = 1000
_STRICT = ConfigDict(frozen=True, extra="forbid")


class DrawnZone(BaseModel):
    """A zone as the zone editor draws it."""

    model_config = _STRICT
    name: str
    kind: ZoneKind
    polygon: list[tuple[float, float]]
    anchor: Anchor = Anchor.FOOT
    window: int | None = None


class TrueLook(BaseModel):
    """``zones`` gives people by zone name, ``people`` boxes by identity in pixels.

    ``blind`` names what hinders the camera: nothing is to be known then.
    """

    model_config = _STRICT
    at_s: float = Field(ge=0)
    picture: str | None = None
    zones: dict[str, int] = {}
    blind: str | None = None
    people: dict[int, tuple[float, float, float, float]] | None = None


class Sequence(BaseModel):
    model_config = _STRICT
    video: str | None = None
    zones: list[DrawnZone] = []
    looks: list[TrueLook] = Field(min_length=1)
    mean_wait_s: float | None = None
    waits: list[tuple[float, float]] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        times = [look.at_s for look in self.looks]
        if times != sorted(set(times)):
            msg = "looks must be in the order of at_s, none twice"
            raise ValueError(msg)
        names = [zone.name for zone in self.zones]
        if len(set(names)) != len(names):
            msg = "two zones have one name"
            raise ValueError(msg)
        unknown = {name for look in self.looks for name in look.zones} - set(names)
        if unknown:
            msg = f"looks tell of {min(unknown)!r}, which is no zone"
            raise ValueError(msg)
        if self.video is None and any(look.picture is None for look in self.looks):
            msg = "a look without a video names its picture"
            raise ValueError(msg)
        return self

    def zone_ids(self) -> dict[str, UUID]:
        return {zone.name: UUID(int=_FIRST_ZONE + n) for n, zone in enumerate(self.zones)}

    def polygon(self, name: str) -> Polygon:
        """Return a zone's polygon.

        Raises:
            InvalidInput: there is no such zone.
        """
        for zone in self.zones:
            if zone.name == name:
                return np.asarray(zone.polygon, np.float64)
        msg = f"the sequence has no zone {name!r}; it has {', '.join(z.name for z in self.zones)}"
        raise InvalidInput(msg)

    def camera(self) -> WatchedCamera:
        """Return the camera as vision watches it.

        Raises:
            InvalidInput: a zone cannot be judged.
        """
        ids = self.zone_ids()
        drawn = [
            watched_zone(ids[zone.name], zone.kind, zone.polygon, zone.anchor)
            for zone in self.zones
        ]
        windows = {
            ids[zone.name]: UUID(int=zone.window) for zone in self.zones if zone.window is not None
        }
        masks = tuple(zone.polygon for zone in drawn if zone.kind is ZoneKind.MASK)
        judged = tuple(zone for zone in drawn if zone.kind is not ZoneKind.MASK)
        return WatchedCamera(CAMERA, OFFICE, "", judged, windows, masks)


def read_sequence(folder: Path) -> Sequence | None:
    """Return the set's sequence, None where it has none.

    Raises:
        InvalidInput: it cannot be meant.
    """
    path = folder / "sequence.json"
    try:
        return Sequence.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        msg = f"sequence.json cannot be read ({error}); correct it"
        raise InvalidInput(msg) from error


def pictures(sequence: Sequence, folder: Path) -> Iterator[tuple[TrueLook, Picture]]:
    """Yield each look with its picture; looks beyond the end of the video are left out.

    Raises:
        InvalidInput: a picture or the video cannot be read, or lies outside of the folder.
    """
    if sequence.video is not None:
        yield from _of_video(_inside(folder, sequence.video), sequence.looks)
        return
    for look in sequence.looks:
        read = cv2.imread(str(_inside(folder, look.picture or "")), cv2.IMREAD_COLOR)
        if read is None:
            msg = f"{look.picture} cannot be read as a picture; take it out of sequence.json"
            raise InvalidInput(msg)
        yield look, np.asarray(read, np.uint8)


def _of_video(path: Path, looks: list[TrueLook]) -> Iterator[tuple[TrueLook, Picture]]:
    due = iter(looks)
    look = next(due)
    try:
        with av.open(str(path), "r") as container:
            half_s = 0.5 / float(container.streams.video[0].average_rate or 25)
            for frame in container.decode(video=0):
                while look.at_s <= (frame.time or 0.0) + half_s:
                    yield look, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                    following = next(due, None)
                    if following is None:
                        return
                    look = following
    except (av.FFmpegError, OSError, IndexError) as error:
        msg = f"{path.name} cannot be read as a video ({error})"
        raise InvalidInput(msg) from error


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        msg = f"sequence.json names {name}, outside of its folder; correct it"
        raise InvalidInput(msg)
    return path
