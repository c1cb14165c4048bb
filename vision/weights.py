"""Opens weight files, and only those whose bytes vision/weights.toml pins."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.kit.errors import SettingsError

_LIST = Path(__file__).with_name("weights.toml")
_FOLDER = Path(__file__).with_name("weights")


class WeightsRefused(SettingsError):
    """The weight file is not the pinned one, or is not listed at all."""

    type = "weights-refused"


class Preprocessing(BaseModel):
    """How a picture becomes the network's input. Sizes in pixels, levels 0-255."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    height: int = Field(gt=0, multiple_of=32)
    width: int = Field(gt=0, multiple_of=32)
    padding: int = Field(ge=0, le=255)
    channels: Literal["bgr", "rgb"]
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


class Thresholds(BaseModel):
    """``score``: below it a box is nothing. ``overlap``: IoU above which two boxes are one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    score: float = Field(gt=0, lt=1)
    overlap: float = Field(gt=0, lt=1)


class Weights(BaseModel):
    """One entry of vision/weights.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    classes: tuple[str, ...]
    decoder: Literal["nanodet"]
    licence: str
    origin: str
    preprocessing: Preprocessing
    thresholds: Thresholds


@cache
def _listed(path: Path) -> dict[str, Weights]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Weights.model_validate(table) for name, table in tables.items()}
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"{path.name} cannot be read ({error}); restore it from the release"
        raise SettingsError(msg) from error


def describe(name: str, *, listed_in: Path = _LIST) -> Weights:
    """Return the entry of that name.

    Raises:
        WeightsRefused: no such entry.
        SettingsError: the list itself is broken.
    """
    listed = _listed(listed_in)
    if name not in listed:
        known = ", ".join(sorted(listed)) or "none"
        msg = (
            f"weights {name!r} are not in weights.toml; set AHUAL_VISION_WEIGHTS to one of: {known}"
        )
        raise WeightsRefused(msg)
    return listed[name]


def read(weights: Weights, *, folder: Path = _FOLDER) -> bytes:
    """Return the file's bytes after checking them; the same bytes go to the runtime.

    Raises:
        WeightsRefused: the file is missing or its sha256 is not the pinned one.
    """
    path = folder / weights.file
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = (
            f"weight file {weights.file} cannot be read ({error.strerror}); restore vision/weights/"
        )
        raise WeightsRefused(msg) from error
    found = hashlib.sha256(content).hexdigest()
    if found != weights.sha256:
        msg = (
            f"weight file {weights.file} has sha256 {found[:16]}…, not {weights.sha256[:16]}…; "
            "restore the file or pin the new one in weights.toml"
        )
        raise WeightsRefused(msg)
    return content
