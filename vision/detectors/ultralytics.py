"""Runs, trains and exports networks with ultralytics, an extra. Only this file knows it.

It is kept from the network: no download at a missing file, no package installed by itself. Its
settings and drafts live in a folder of ours.
"""

import os
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np

from models.kit.errors import SettingsError
from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.weights import FORMS, Content, Form

# Read when ultralytics is imported.
os.environ["YOLO_OFFLINE"] = "1"
os.environ["YOLO_AUTOINSTALL"] = "false"
os.environ.setdefault("YOLO_VERBOSE", "false")
os.environ.setdefault("CI", "true")  # what 8-bit export uses would report its use to its maker
os.environ.setdefault("YOLO_CONFIG_DIR", str(Path.home() / ".cache" / "ahual" / "ultralytics"))
Path(os.environ["YOLO_CONFIG_DIR"]).mkdir(parents=True, exist_ok=True)

torch: Any = import_module("torch")
_ultralytics: Any = import_module("ultralytics")
_backend: Any = import_module("ultralytics.nn.autobackend")

_SUFFIXES: dict[Form, str] = {form: suffix for suffix, form in FORMS.items()}
# What torch, pickle and TensorRT raise at bytes that are no network of theirs.
_FAILURES = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    EOFError,
    ImportError,
    OSError,
    AssertionError,
    UnpicklingError,
)


class UltralyticsNetwork:
    """A Network on torch or TensorRT, on the first GPU where there is one.

    A checkpoint is a program to its reader; that its bytes are pinned is what makes it safe.
    """

    runtime = "ultralytics"

    def __init__(self, content: bytes, *, form: Form = "torch", threads: int = 1) -> None:
        torch.set_num_threads(threads)
        self._device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
        try:
            with _as_file(content, _SUFFIXES[form]) as path:
                self._model = _backend.AutoBackend(str(path), device=self._device, verbose=False)
        except _FAILURES as error:
            raise BrokenWeights(self.runtime, error) from error
        self._model.eval()

    def infer(self, tensor: Tensor) -> list[Tensor]:
        try:
            with torch.inference_mode():
                given = self._model(torch.from_numpy(tensor).to(self._device))
        except _FAILURES as error:
            raise BrokenWeights(self.runtime, error) from error
        first = given[0] if isinstance(given, list | tuple) else given
        return [np.asarray(first.float().cpu().numpy(), np.float32)]


def load(
    content: Content, form: Form, *, threads: int, precision: str | None
) -> UltralyticsNetwork:
    """Precision is the file's own here."""
    return UltralyticsNetwork(content.main, form=form, threads=threads)


def class_names(content: bytes) -> tuple[str, ...]:
    """Return the classes of a checkpoint, in order.

    Raises:
        BrokenWeights: it cannot be read, or is no detector.
    """
    with _as_file(content, ".pt") as path:
        model = _open(path)
        if model.task != "detect":
            wrong = ValueError(f"it is made to {model.task}, not to detect")
            raise BrokenWeights(UltralyticsNetwork.runtime, wrong)
        return tuple(str(model.names[number]) for number in sorted(model.names))


def train(
    base: bytes, description: Path, folder: Path, *, epochs: int, size: int, batch: int
) -> bytes:
    """Fine-tune a checkpoint on a set (its ``data.yaml``) and return the best one's bytes.

    Args:
        base: a checkpoint of ours.
        description: the set's data.yaml.
        folder: for drafts and curves; kept.
        epochs: passes over the set.
        size: of the training pictures' longer side, pixels.
        batch: pictures at a time.

    Raises:
        BrokenWeights: the checkpoint cannot be read.
        SettingsError: training failed; the message says why.
    """
    with _as_file(base, ".pt") as path:
        model = _open(path)
        options: Mapping[str, Any] = {
            "data": str(description),
            "epochs": epochs,
            "imgsz": size,
            "batch": batch,
            "device": "0" if torch.cuda.is_available() else "cpu",
            "workers": 0,
            "seed": 0,
            "deterministic": True,
            "project": str(folder),
            "name": "run",
            "exist_ok": True,
            "plots": False,
            "verbose": False,
            "single_cls": False,
        }
        try:
            model.train(**options)
        except _FAILURES as error:
            msg = f"training failed: {' '.join(str(error).split())[:300]}"
            raise SettingsError(msg) from error
    best = Path(model.trainer.best)
    if not best.is_file():
        msg = f"training left no checkpoint in {folder.name}; look at its results.csv"
        raise SettingsError(msg)
    return best.read_bytes()


def export(
    checkpoint: bytes, form: Form, *, height: int, width: int, calibration: Path | None
) -> Content:
    """Return a checkpoint as ONNX, OpenVINO or TensorRT; ``calibration`` (a data.yaml): int8.

    Raises:
        BrokenWeights: the checkpoint cannot be read.
        SettingsError: the form is not possible here; the message says what is missing.
    """
    formats = {"onnx": "onnx", "openvino": "openvino", "tensorrt": "engine"}
    with _as_file(checkpoint, ".pt") as path:
        model = _open(path)
        options: dict[str, Any] = {"imgsz": (height, width), "verbose": False}
        if form == "onnx":
            options["simplify"] = False
        if calibration is not None:
            options |= {"quantize": 8, "data": str(calibration)}
        try:
            made = Path(model.export(format=formats[form], **options))
        except _FAILURES as error:
            msg = f"exporting to {form} failed: {' '.join(str(error).split())[:300]}"
            raise SettingsError(msg) from error
        if form != "openvino":
            return Content(made.read_bytes(), b"")
        (described,) = made.glob("*.xml")
        return Content(described.read_bytes(), described.with_suffix(".bin").read_bytes())


def _open(path: Path) -> Any:
    try:
        return _ultralytics.YOLO(str(path), task="detect")
    except _FAILURES as error:
        raise BrokenWeights(UltralyticsNetwork.runtime, error) from error


@contextmanager
def _as_file(content: bytes, suffix: str) -> Any:
    """Give checked bytes as a file of our own; by then the original may be another one."""
    with tempfile.TemporaryDirectory(prefix="ahual-weights-") as folder:
        path = Path(folder) / f"weights{suffix}"
        path.write_bytes(content)
        yield path
