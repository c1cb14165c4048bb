"""Opens weight files, and only those whose bytes are pinned: in the package, or by the site."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.kit.errors import SettingsError

_LIST = Path(__file__).with_name("weights.toml")
FOLDER = Path(__file__).with_name("weights")
DEFAULT = "nanodet_g_person"
PERSON = "person"

DecoderName = Literal["nanodet", "yolox", "yolo", "end_to_end"]
DECODER_NAMES: tuple[DecoderName, ...] = get_args(DecoderName)
Form = Literal["onnx", "openvino", "torch", "tensorrt"]
FORMS: dict[str, Form] = {
    ".onnx": "onnx",
    ".xml": "openvino",  # its tensors are in a second file, pinned beside it
    ".pt": "torch",
    ".engine": "tensorrt",
}
_PLAIN_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
_SHA256 = r"^[0-9a-f]{64}$"


class WeightsRefused(SettingsError):
    """The weight file is not the pinned one, or is not listed at all."""

    type = "weights-refused"


class Preprocessing(BaseModel):
    """How a picture becomes the network's input. Sizes in pixels, levels 0-255."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    height: int = Field(gt=0, le=4096, multiple_of=32)
    width: int = Field(gt=0, le=4096, multiple_of=32)
    padding: int = Field(ge=0, le=255)
    channels: Literal["bgr", "rgb"]
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    @model_validator(mode="after")
    def _can_divide(self) -> Self:
        if min(self.deviation) <= 0:
            msg = "deviation must be above 0; 1 leaves levels as they are, 255 makes them 0-1"
            raise ValueError(msg)
        return self


class Thresholds(BaseModel):
    """``score``: below it a box is nothing. ``overlap``: IoU above which two boxes are one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    score: float = Field(gt=0, lt=1)
    overlap: float = Field(gt=0, lt=1)


class Weights(BaseModel):
    """One pin: which bytes, what is in them, how to ask them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: str = Field(pattern=_PLAIN_NAME)
    sha256: str = Field(pattern=_SHA256)
    tensors_file: str | None = Field(None, pattern=_PLAIN_NAME)
    tensors_sha256: str | None = Field(None, pattern=_SHA256)
    ranges_file: str | None = Field(None, pattern=_PLAIN_NAME)
    ranges_sha256: str | None = Field(None, pattern=_SHA256)
    classes: tuple[str, ...]
    decoder: DecoderName
    licence: str = Field(min_length=1)
    origin: str = Field(min_length=1)
    preprocessing: Preprocessing
    thresholds: Thresholds

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if PERSON not in self.classes:
            msg = f"classes must name {PERSON!r}: people are all that is looked for"
            raise ValueError(msg)
        if Path(self.file).suffix not in FORMS:
            msg = f"file must end in {', '.join(FORMS)}"
            raise ValueError(msg)
        if (self.form == "openvino") != (self.tensors_file is not None) or (
            self.tensors_file is None
        ) != (self.tensors_sha256 is None):
            msg = "an OpenVINO .xml needs tensors_file (its .bin) and tensors_sha256, others none"
            raise ValueError(msg)
        if (self.ranges_file is None) != (self.ranges_sha256 is None):
            msg = "ranges_file and ranges_sha256 belong together"
            raise ValueError(msg)
        return self

    @property
    def form(self) -> Form:
        return FORMS[Path(self.file).suffix]


class Content(NamedTuple):
    """The checked bytes of a pin.

    ``tensors`` are empty unless the form has a second file, ``ranges`` unless the numbers between
    its layers were measured, so that it can run in 8 bits (detectors/eight_bit.py).
    """

    main: bytes
    tensors: bytes
    ranges: bytes = b""


class Pinned(NamedTuple):
    """A pin and the folder its files are in."""

    name: str
    weights: Weights
    folder: Path

    def content(self) -> Content:
        """Return the bytes after checking them.

        Raises:
            WeightsRefused: a file is missing or its sha256 is not the pinned one.
        """
        entry = self.weights
        beside = (
            (entry.tensors_file, entry.tensors_sha256),
            (entry.ranges_file, entry.ranges_sha256),
        )
        tensors, ranges = (
            _checked(self.folder, file, sha256) if file and sha256 else b""
            for file, sha256 in beside
        )
        return Content(_checked(self.folder, entry.file, entry.sha256), tensors, ranges)


def parse(text: str, told_as: str) -> dict[str, Weights]:
    """Return the pins of a list.

    Raises:
        SettingsError: it is no list of pins; the message names ``told_as`` and what is wrong.
    """
    try:
        tables = tomllib.loads(text)
        return {name: Weights.model_validate(table) for name, table in tables.items()}
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"{told_as} cannot be read ({error}); correct it, or restore it from the release"
        raise SettingsError(msg) from error


@cache
def _listed(path: Path) -> dict[str, Weights]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path.name} cannot be read ({error}); restore it from the release"
        raise SettingsError(msg) from error
    return parse(text, path.name)


def packaged() -> dict[str, Pinned]:
    """Return what the release itself pins."""
    return {name: Pinned(name, entry, FOLDER) for name, entry in _listed(_LIST).items()}


def describe(name: str, *, listed_in: Path = _LIST) -> Weights:
    """Return the packaged entry of that name.

    Raises:
        WeightsRefused: no such entry.
        SettingsError: the list itself is broken.
    """
    listed = _listed(listed_in)
    if name not in listed:
        raise unpinned(name, listed)
    return listed[name]


def unpinned(name: str, known: dict[str, Weights] | dict[str, Pinned]) -> WeightsRefused:
    names = ", ".join(sorted(known)) or "none"
    return WeightsRefused(
        f"weights {name!r} are not pinned; set AHUAL_VISION_WEIGHTS to one of: {names}; "
        "or pin a file of yours with ./ahual weights add"
    )


def read(weights: Weights, *, folder: Path = FOLDER) -> bytes:
    """Return the main file's bytes after checking them; the same bytes go to the runtime.

    Raises:
        WeightsRefused: the file is missing or its sha256 is not the pinned one.
    """
    return _checked(folder, weights.file, weights.sha256)


def _checked(folder: Path, name: str, sha256: str) -> bytes:
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        msg = (
            f"weight file {name} cannot be read ({error.strerror}); restore {folder.name}/, "
            "or choose other weights"
        )
        raise WeightsRefused(msg) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        msg = (
            f"weight file {name} has sha256 {found[:16]}…, not {sha256[:16]}…; "
            "restore the file, or pin the new one with ./ahual weights add"
        )
        raise WeightsRefused(msg)
    return content
