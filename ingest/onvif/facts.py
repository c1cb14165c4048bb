"""What a camera says of itself by ONVIF, and which of its streams we want. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

_SUB_PIXELS = 640 * 360  # what a wall's tile shows; nearest to it wins


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered a probe. ``url`` is its device service."""

    url: str
    address: str
    name: str
    hardware: str


@dataclass(frozen=True, slots=True)
class Description:
    maker: str
    model: str
    firmware: str
    serial: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One stream that the camera offers. ``url`` holds no user and password; sizes are pixels."""

    token: str
    name: str
    codec: str  # H264, H265, JPEG, MPEG4
    width: int
    height: int
    frame_rate: float | None
    url: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A position that a person stored in a camera that turns."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Device:
    """Everything at once, for a person who is about to add the camera.

    ``clock_offset_s`` is the camera's clock minus ours.
    """

    url: str
    description: Description
    clock_offset_s: float | None
    profiles: tuple[Profile, ...]
    snapshot_url: str | None
    turns: bool
    tells_events: bool


def choose_streams(profiles: Sequence[Profile]) -> tuple[Profile | None, Profile | None]:
    """Return main and sub: the largest picture, and the H.264 one nearest to a tile's size.

    Only H.264 and H.265 can be recorded, only H.264 is shown everywhere; a camera with one
    profile has no sub stream.
    """
    usable = [profile for profile in profiles if profile.codec.upper() in {"H264", "H265"}]
    if not usable:
        return None, None
    main = max(usable, key=_pixels)
    others = [p for p in usable if p.token != main.token and p.codec.upper() == "H264"]
    sub = min(others, key=lambda profile: abs(_pixels(profile) - _SUB_PIXELS), default=None)
    return main, sub


def _pixels(profile: Profile) -> int:
    return profile.width * profile.height
