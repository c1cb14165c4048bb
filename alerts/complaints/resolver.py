"""From a stated place and minute to the cameras that may show it, best first. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.observations import ZoneKind

LEAD = timedelta(minutes=2)  # what led to the incident belongs to it
_NO_RECORDING_FACTOR = 0.4  # a camera with the right view but no footage proves nothing
_DISABLED_FACTOR = 0.5
_EXTRA_REASON = 0.04


class Reason(StrEnum):
    """Why a camera is on the list, or low on it; the web translates the codes."""

    WINDOW_OPERATOR = "window_operator"
    WINDOW_VISITOR = "window_visitor"
    QUEUE = "queue"
    HALL = "hall"
    ENTRANCE = "entrance"
    OTHER_WINDOW = "other_window"
    SAME_OFFICE = "same_office"
    RECORDED = "recorded"
    NO_RECORDING = "no_recording"
    DISABLED = "disabled"


_SCORES = {
    Reason.WINDOW_OPERATOR: 0.90,
    Reason.WINDOW_VISITOR: 0.75,
    Reason.QUEUE: 0.55,
    Reason.HALL: 0.50,
    Reason.ENTRANCE: 0.30,
    Reason.OTHER_WINDOW: 0.20,
    Reason.SAME_OFFICE: 0.10,
}


@dataclass(frozen=True, slots=True)
class SeenZone:
    """A zone on a camera's picture."""

    kind: ZoneKind
    window_id: UUID | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A camera of the office. ``recorded``: it has footage of the stated minute."""

    camera_id: UUID
    code: str
    view: str
    enabled: bool
    zones: tuple[SeenZone, ...]
    recorded: bool


@dataclass(frozen=True, slots=True)
class RankedCamera:
    """A camera with its score 0–1, the reasons for it, and where its replay starts."""

    camera_id: UUID
    score: float
    reasons: tuple[Reason, ...]
    replay_from: datetime
    at: datetime


def rank(
    cameras: Iterable[Candidate], window_id: UUID | None, happened_at: datetime
) -> list[RankedCamera]:
    """Order the office's cameras by how likely they show that window, or the hall, then."""
    scored = sorted(
        ((*_score(camera, window_id), camera) for camera in cameras),
        key=lambda found: (-found[0], found[2].code),
    )
    return [
        RankedCamera(camera.camera_id, score, reasons, happened_at - LEAD, happened_at)
        for score, reasons, camera in scored
    ]


def _score(camera: Candidate, window_id: UUID | None) -> tuple[float, tuple[Reason, ...]]:
    views = _views(camera, window_id)
    score = _SCORES[views[0]] + _EXTRA_REASON * (len(views) - 1)
    reasons = [*views, Reason.RECORDED if camera.recorded else Reason.NO_RECORDING]
    if not camera.recorded:
        score *= _NO_RECORDING_FACTOR
    if not camera.enabled:
        score *= _DISABLED_FACTOR
        reasons.append(Reason.DISABLED)
    return round(min(score, 1.0), 3), tuple(reasons)


def _views(camera: Candidate, window_id: UUID | None) -> list[Reason]:
    """Return what the camera shows of the stated place, strongest first; never empty."""
    found: set[Reason] = set()
    for zone in camera.zones:
        if zone.window_id is not None and zone.window_id == window_id:
            if zone.kind is ZoneKind.OPERATOR:
                found.add(Reason.WINDOW_OPERATOR)
            elif zone.kind is ZoneKind.VISITOR:
                found.add(Reason.WINDOW_VISITOR)
        elif zone.window_id is not None:
            found.add(Reason.OTHER_WINDOW)
        if zone.kind is ZoneKind.QUEUE:
            found.add(Reason.QUEUE)
        elif zone.kind is ZoneKind.ENTRANCE:
            found.add(Reason.ENTRANCE)
    if camera.view == "hall":
        found.add(Reason.HALL)
    elif camera.view == "entrance":
        found.add(Reason.ENTRANCE)
    return sorted(found or {Reason.SAME_OFFICE}, key=lambda reason: -_SCORES[reason])
