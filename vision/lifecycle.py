"""How weights come to a site: looked at, pinned, exported, measured, promoted."""

import ast
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import numpy as np

from models.kit.errors import InvalidInput, SettingsError, Unavailable
from vision.comparison import Verdict, compare
from vision.detector import Tensor
from vision.detectors.choose import Runtime, load_detector, network_of
from vision.detectors.decoders import recognise
from vision.evaluation import Evaluation, evaluate
from vision.onnx_facts import Dimensions, read_facts
from vision.report import card, card_markdown
from vision.site_weights import SiteWeights
from vision.weights import (
    FORMS,
    PERSON,
    Content,
    DecoderName,
    Pinned,
    Preprocessing,
    Thresholds,
    Weights,
)

HEIGHT, WIDTH = 384, 640  # of a free input: as accurate as 640 × 640 on 16:9, 40 % less work
_MOST_BYTES = 1 << 30
_FETCH_TIMEOUT_S = 60.0
_STRIDE = 32
COCO_CLASSES = 80
_PADDING = 114
# How each family of networks was trained to be shown pictures, and where it counts people best.
_LEVELS: dict[DecoderName, dict[str, Any]] = {
    "nanodet": {
        "channels": "bgr",
        "mean": (103.53, 116.28, 123.675),
        "deviation": (57.375, 57.12, 58.395),
    },
    "yolox": {"channels": "bgr", "mean": (0, 0, 0), "deviation": (1, 1, 1)},
    "yolo": {"channels": "rgb", "mean": (0, 0, 0), "deviation": (255, 255, 255)},
    "end_to_end": {"channels": "rgb", "mean": (0, 0, 0), "deviation": (255, 255, 255)},
}
_THRESHOLDS: dict[DecoderName, Thresholds] = {
    "nanodet": Thresholds(score=0.35, overlap=0.55),
    "yolox": Thresholds(score=0.30, overlap=0.55),
    "yolo": Thresholds(score=0.25, overlap=0.55),
    "end_to_end": Thresholds(score=0.25, overlap=0.55),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an administrator says of a file; what is None is found out."""

    licence: str
    origin: str
    classes: tuple[str, ...] | None = None
    size: tuple[int, int] | None = None  # height, width
    score: float | None = None


def take(
    site: SiteWeights, name: str, file: str, content: Content, sha256: str, asked: Asked
) -> Pinned:
    """Pin a file after trying it.

    Raises:
        InvalidInput: not the bytes that were meant, or what the file is cannot be found out.
        BrokenWeights: no runtime here can load it.
        Conflict: the name is taken.
    """
    found = hashlib.sha256(content.main).hexdigest()
    if found != sha256.lower():
        msg = f"the file has sha256 {found}, not {sha256}; ask where it came from before you use it"
        raise InvalidInput(msg)
    suffix = Path(file).suffix.lower()
    pin = describe(content, f"{name}{suffix}", asked)
    files = {pin.file: content.main}
    if pin.tensors_file is not None:
        files[pin.tensors_file] = content.tensors
    return site.keep(name, pin, files)


def describe(content: Content, file: str, asked: Asked) -> Weights:
    """Find out what a weight file is by loading it and looking at one grey picture.

    Raises:
        InvalidInput: that cannot be found out; the message says what to give.
        BrokenWeights: no runtime here can load it.
    """
    suffix = Path(file).suffix
    if suffix not in FORMS:
        msg = f"weights end in {', '.join(FORMS)}, not in {suffix or 'nothing'}"
        raise InvalidInput(msg)
    told = _told_classes(content, suffix)
    sizes = _told_size(content, suffix)
    height, width = asked.size or _fixed(sizes) or (HEIGHT, WIDTH)
    draft = _pin(content, file, "yolo", (PERSON,), (height, width), asked)
    outputs = network_of("auto", draft, content).infer(
        np.full((1, 3, height, width), 0.5, np.float32)
    )
    for classes in (asked.classes, told, _by_count(outputs, height, width)):
        if classes is None:
            continue
        decoder = recognise(outputs, height, width, classes=len(classes))
        if decoder is not None:
            return _pin(content, file, decoder, classes, (height, width), asked)
    shapes = ", ".join("×".join(map(str, one.shape)) for one in outputs)
    msg = (
        f"no decoder knows a network that gives {shapes} for {height}×{width} pictures; "
        "known are NanoDet, YOLOX, YOLOv8/11 and end-to-end YOLO, if --classes and --size fit"
    )
    raise InvalidInput(msg)


def fetch(url: str) -> bytes:
    """Return what is at an address that the administrator gave; never called by the service.

    Raises:
        InvalidInput: no http(s) address.
        Unavailable: it cannot be had, or is too large.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        msg = "an address starts with https:// (or http://); for a file use weights add"
        raise InvalidInput(msg)
    pieces: list[bytes] = []
    try:
        with httpx.stream("GET", url, timeout=_FETCH_TIMEOUT_S, follow_redirects=True) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                pieces.append(piece)
                if sum(map(len, pieces)) > _MOST_BYTES:
                    msg = "the file is larger than 1 GB; no detector for a CPU is"
                    raise Unavailable(msg)
    except httpx.HTTPError as error:
        msg = f"the file cannot be fetched: {error}"
        raise Unavailable(msg) from error
    return b"".join(pieces)


def measure(
    site: SiteWeights,
    name: str,
    dataset: Path,
    *,
    cpu_s: Callable[[], float],
    at: str,
    runtime: Runtime = "auto",
    precision: str | None = None,
) -> Evaluation:
    """Evaluate pinned weights on a set and write their card."""
    pinned = site.find(name)
    detector = load_detector(runtime, pinned, precision=precision)
    found = evaluate(detector, dataset, score=pinned.weights.thresholds.score, cpu_s=cpu_s)
    written = card(pinned, found, at, site.trained(name))
    site.keep_card(name, written, card_markdown(written))
    return found


def promote(
    site: SiteWeights,
    name: str,
    dataset: Path,
    *,
    cpu_s: Callable[[], float],
    at: str,
    present: str | None = None,
) -> Verdict:
    """Use ``name`` from now on if it is better on the set than ``present``, the one in use.

    Raises:
        InvalidInput: the set was trained on, so it can decide nothing.
    """
    trained = site.trained(name)
    if trained is not None:
        known = set(trained["digests"])
        seen = sum(digest in known for digest in still_digests(dataset))
        if seen:
            msg = f"{seen} stills of the set were trained on; promote on stills kept apart"
            raise InvalidInput(msg)
    present = present or site.promoted()
    if present == name:
        return Verdict(False, f"{name} is in use already")
    new, old = (measure(site, each, dataset, cpu_s=cpu_s, at=at) for each in (name, present))
    verdict = compare(new, old)
    if verdict.better:
        site.promote(name)
    return verdict


def still_digests(dataset: Path) -> list[str]:
    """Return a short digest of each picture of a set, to know it again."""
    pictures = [path for path in sorted(dataset.rglob("*")) if path.suffix in (".jpg", ".png")]
    return [hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in pictures]


def _pin(
    content: Content,
    file: str,
    decoder: DecoderName,
    classes: tuple[str, ...],
    size: tuple[int, int],
    asked: Asked,
) -> Weights:
    if PERSON not in classes:
        msg = f"the network's classes are {', '.join(classes[:9])}: none is a {PERSON}"
        raise InvalidInput(msg)
    if any(side <= 0 or side % _STRIDE for side in size):
        msg = f"height and width must be multiples of {_STRIDE}, not {size[0]}×{size[1]}"
        raise InvalidInput(msg)
    thresholds = _THRESHOLDS[decoder]
    if asked.score is not None:
        thresholds = thresholds.model_copy(update={"score": asked.score})
    has_tensors = bool(content.tensors)
    try:
        return Weights(
            file=file,
            sha256=hashlib.sha256(content.main).hexdigest(),
            tensors_file=Path(file).with_suffix(".bin").name if has_tensors else None,
            tensors_sha256=hashlib.sha256(content.tensors).hexdigest() if has_tensors else None,
            classes=classes,
            decoder=decoder,
            licence=asked.licence,
            origin=asked.origin,
            preprocessing=Preprocessing(
                height=size[0], width=size[1], padding=_PADDING, **_LEVELS[decoder]
            ),
            thresholds=thresholds,
        )
    except ValueError as error:
        msg = f"this cannot be pinned: {error}"
        raise InvalidInput(msg) from error


def _by_count(outputs: list[Tensor], height: int, width: int) -> tuple[str, ...] | None:
    """Return the classes of a network of people alone, or of COCO's 80, people first."""
    for count in (1, COCO_CLASSES):
        if recognise(outputs, height, width, classes=count) is not None:
            return (PERSON, *(f"class {n}" for n in range(1, count)))
    return None


def _told_classes(content: Content, suffix: str) -> tuple[str, ...] | None:
    """Return the names that the exporter noted, None where it noted none."""
    if suffix != ".onnx":
        return None
    notes = read_facts(content.main).notes
    if notes.get("task", "detect") != "detect":
        msg = f"this network is made to {notes['task']}, not to detect"
        raise InvalidInput(msg)
    try:
        names = ast.literal_eval(notes.get("names", "None"))
    except (ValueError, SyntaxError):
        return None
    if not isinstance(names, dict):
        return None
    return tuple(str(names[number]) for number in sorted(names))


def _told_size(content: Content, suffix: str) -> Dimensions:
    """Return the sizes of the input as the file tells them, empty where it does not."""
    if suffix == ".onnx":
        return next(iter(read_facts(content.main).inputs.values()))
    if suffix != ".xml":
        return ()
    try:
        inputs = ElementTree.fromstring(content.main).findall(".//layer[@type='Parameter']/data")
    except ElementTree.ParseError as error:
        msg = f"this is no OpenVINO model ({error}); fetch the file again"
        raise InvalidInput(msg) from error
    sizes = inputs[0].get("shape", "").split(",") if inputs else []
    return tuple(int(size) if size.strip().isdigit() else None for size in sizes)


def _fixed(sizes: Dimensions) -> tuple[int, int] | None:
    if len(sizes) != 4 or sizes[2] is None or sizes[3] is None:
        return None
    return sizes[2], sizes[3]


def content_of(path: Path) -> Content:
    """Return the bytes of a weight file, of an .xml with those of the .bin beside it.

    Raises:
        SettingsError: one cannot be read.
    """
    try:
        main = path.read_bytes()
        tensors = path.with_suffix(".bin").read_bytes() if path.suffix == ".xml" else b""
    except OSError as error:
        msg = f"{path.name} cannot be read ({error.strerror})"
        raise SettingsError(msg) from error
    return Content(main, tensors)
