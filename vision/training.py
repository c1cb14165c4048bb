"""Fine-tunes and exports checkpoints through the adapter that knows ultralytics, an extra."""

import hashlib
import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from models.kit.errors import Conflict, InvalidInput, SettingsError
from vision.labelled_set import read_set
from vision.lifecycle import HEIGHT, WIDTH, Asked, still_digests, take
from vision.site_weights import SiteWeights
from vision.weights import PERSON, Content, Form, Pinned

_EVERY_FIFTH = 5  # is kept from training, to see when it begins to learn by heart
FEWEST_STILLS = 20
_SUFFIX: dict[Form, str] = {"onnx": ".onnx", "openvino": ".xml", "tensorrt": ".engine"}


@dataclass(frozen=True, slots=True)
class Wish:
    """``size``: the longer side of training pictures in pixels; ``batch``: pictures at a time."""

    base: str
    name: str
    epochs: int
    size: int
    batch: int


def train(site: SiteWeights, dataset: Path, wish: Wish) -> tuple[Pinned, Pinned]:
    """Fine-tune ``wish.base`` on a set; return the pins of the checkpoint and of its ONNX export.

    Raises:
        InvalidInput: the set is too small or cannot be read.
        Conflict: the name is taken.
        SettingsError: the extra is not installed, or training failed.
    """
    base = _checkpoint(site, wish.base)
    checkpoint_name = f"{wish.name}-checkpoint"
    for name in (wish.name, checkpoint_name):
        if name in site.all():
            raise Conflict(f"{name} is pinned already; choose another name")
    stills = read_set(dataset)
    if len(stills) < FEWEST_STILLS:
        msg = f"{len(stills)} stills are too few to learn from; label at least {FEWEST_STILLS}"
        raise InvalidInput(msg)
    adapter = _adapter()
    folder = site.folder / "training" / wish.name
    folder.mkdir(parents=True, exist_ok=True)
    described = write_description(folder, [still.path for still in stills])
    content = adapter.train(
        base.content().main,
        described,
        folder,
        epochs=wish.epochs,
        size=wish.size,
        batch=wish.batch,
    )
    asked = Asked(
        base.weights.licence,
        f"trained here from {base.name} on {len(stills)} stills of {dataset.resolve().name}",
        classes=adapter.class_names(content),
    )
    digest = hashlib.sha256(content).hexdigest()
    file = f"{checkpoint_name}.pt"
    checkpoint = take(site, checkpoint_name, file, Content(content, b""), digest, asked)
    noted = {
        "base": base.name,
        "stills": len(stills),
        "epochs": wish.epochs,
        "digests": still_digests(dataset),
    }
    for name in (wish.name, checkpoint_name):
        site.keep_trained(name, noted)
    return checkpoint, export(site, checkpoint_name, wish.name, "onnx")


def export(
    site: SiteWeights,
    name: str,
    called: str,
    form: Form,
    *,
    size: tuple[int, int] | None = None,
    calibration: Path | None = None,
) -> Pinned:
    """Pin a checkpoint in another form; with ``calibration`` (a set) in 8-bit numbers.

    Raises:
        SettingsError: the extra is not installed, or the form is not possible here.
        Conflict: the name is taken.
    """
    if form not in _SUFFIX:
        raise InvalidInput(f"a checkpoint can become {', '.join(_SUFFIX)}, not {form}")
    source = _checkpoint(site, name)
    adapter = _adapter()
    height, width = size or (HEIGHT, WIDTH)
    described = None
    if calibration is not None:
        folder = site.folder / "training" / called
        folder.mkdir(parents=True, exist_ok=True)
        described = write_description(folder, [still.path for still in read_set(calibration)])
    content = adapter.export(
        source.content().main, form, height=height, width=width, calibration=described
    )
    asked = Asked(
        source.weights.licence,
        f"exported here from {name}" + (", 8-bit" if calibration is not None else ""),
        classes=source.weights.classes,
        size=(height, width),
        score=source.weights.thresholds.score,
    )
    digest = hashlib.sha256(content.main).hexdigest()
    pinned = take(site, called, f"{called}{_SUFFIX[form]}", content, digest, asked)
    noted = site.trained(name)
    if noted is not None:
        site.keep_trained(called, noted)
    return pinned


def write_description(folder: Path, pictures: list[Path]) -> Path:
    """Write the lists of pictures and the data.yaml that training reads; JSON is YAML too."""
    kept = [path for n, path in enumerate(pictures) if n % _EVERY_FIFTH == _EVERY_FIFTH - 1]
    learnt = [path for path in pictures if path not in kept]
    for name, paths in (("train", learnt), ("val", kept or learnt)):
        text = "".join(f"{path.resolve()}\n" for path in paths)
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    described = {
        "path": str(folder.resolve()),
        "train": "train.txt",
        "val": "val.txt",
        "names": {0: PERSON},
    }
    path = folder / "data.yaml"
    path.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return path


def _checkpoint(site: SiteWeights, name: str) -> Pinned:
    pinned = site.find(name)
    if pinned.weights.form != "torch":
        msg = f"{name} is no .pt checkpoint; only those can be trained or exported"
        raise InvalidInput(msg)
    return pinned


def _adapter() -> Any:
    try:
        return import_module("vision.detectors.ultralytics")
    except ImportError as error:
        msg = f"this needs the extra ultralytics ({error}): pip install 'ahual[ultralytics]'"
        raise SettingsError(msg) from error
