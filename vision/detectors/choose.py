"""Picks the runtime: the one the settings name, or with «auto» the fastest that can do it."""

from importlib import import_module
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import numpy as np

from models.kit.errors import SettingsError
from models.kit.log import get
from vision import weights as weight_list
from vision.detector import Detector, Network
from vision.detectors.broken import BrokenWeights
from vision.detectors.input_size import require_input, takes_any_size
from vision.detectors.people import PeopleDetector
from vision.site_weights import SiteWeights
from vision.weights import Content, Form, Pinned, Weights

log = get(__name__)
Runtime = Literal["auto", "openvino", "onnxruntime", "opencv", "ultralytics"]


class Load(Protocol):
    """What each adapter's module offers; ``precision`` is OpenVINO's hint, None its own choice."""

    def __call__(
        self, content: Content, form: Form, *, threads: int, precision: str | None
    ) -> Network: ...


class Adapter(NamedTuple):
    """Its module, loaded by name so that what is not installed costs nothing."""

    module: str
    forms: frozenset[Form]
    any_size: bool = False  # it changes the size of its input at no cost


# Fastest first.
RUNTIMES: dict[str, Adapter] = {
    "openvino": Adapter(
        "vision.detectors.openvino", frozenset({"onnx", "openvino"}), any_size=True
    ),
    "onnxruntime": Adapter("vision.detectors.onnxruntime", frozenset({"onnx"}), any_size=True),
    "opencv": Adapter("vision.detectors.opencv", frozenset({"onnx"})),
    "ultralytics": Adapter("vision.detectors.ultralytics", frozenset({"torch", "tensorrt"})),
}


def choose(
    runtime: Runtime, weights: str | None, *, threads: int = 1, state_dir: Path | None = None
) -> Detector:
    """Return a detector that is loaded and has looked at one empty picture, as a proof.

    ``weights`` None means the site's promoted ones; without ``state_dir`` only the release's.

    Raises:
        WeightsRefused: the weights are not pinned or not the pinned bytes.
        BrokenWeights: the runtime cannot load them.
        ForeignNetwork: they are not what their pin says.
        SettingsError: the runtime asked for is not installed, or none is.
    """
    if state_dir is None:
        known = weight_list.packaged()
        name = weights or weight_list.DEFAULT
        if name not in known:
            raise weight_list.unpinned(name, known)
        return load_detector(runtime, known[name], threads=threads)
    site = SiteWeights(state_dir)
    return load_detector(runtime, site.find(weights or site.promoted()), threads=threads)


def load_detector(
    runtime: Runtime,
    pinned: Pinned,
    *,
    threads: int = 1,
    precision: str | None = None,
    score: float | None = None,
) -> PeopleDetector:
    """Return a proven detector of these weights; raises as ``choose`` does."""
    content = pinned.content()
    network = network_of(runtime, pinned.weights, content, threads=threads, precision=precision)
    adapter = RUNTIMES[network.runtime.partition(" ")[0]]
    sees_parts = adapter.any_size and takes_any_size(content, pinned.weights)
    detector = PeopleDetector(network, pinned.weights, score=score, sees_parts=sees_parts)
    size = pinned.weights.preprocessing
    detector.detect(np.full((size.height, size.width, 3), size.padding, np.uint8))
    return detector


def network_of(
    runtime: Runtime,
    entry: Weights,
    content: Content,
    *,
    threads: int = 1,
    precision: str | None = None,
) -> Network:
    """Return a loaded network; with «auto» the next runtime is tried where one fails."""
    require_input(content, entry)
    fitting = [name for name, adapter in RUNTIMES.items() if entry.form in adapter.forms]
    if runtime != "auto" and runtime not in fitting:
        msg = f"{runtime} cannot run {entry.file}; set AHUAL_VISION_DETECTOR to auto" + "".join(
            f" or {name}" for name in fitting
        )
        raise SettingsError(msg)
    tried: list[str] = []
    broken: BrokenWeights | None = None
    for name in fitting if runtime == "auto" else (runtime,):
        load = _installed(name)
        if load is None:
            tried.append(f"{name} not installed")
            continue
        try:
            network = load(content, entry.form, threads=threads, precision=precision)
        except BrokenWeights as error:
            log.warning("detector.cannot_load", runtime=name, error=error.detail)
            tried.append(f"{name} cannot load it")
            broken = broken or error
            continue
        log.info("detector.chosen", runtime=name, weights=entry.file, passed_over=tried)
        return network
    if broken is not None:
        raise broken
    extra = "ultralytics (pip install 'ahual[ultralytics]')" if "ultralytics" in fitting else ""
    msg = (
        f"no detector runtime for {entry.file}: {', '.join(tried)}; "
        f"install {extra or 'requirements.txt'} or set AHUAL_VISION_DETECTOR=auto"
    )
    raise SettingsError(msg)


def installed() -> list[str]:
    """Return the runtimes that this machine has, fastest first."""
    return [name for name in RUNTIMES if _installed(name) is not None]


def _installed(name: str) -> Load | None:
    try:
        load: Load = import_module(RUNTIMES[name].module).load
    except ImportError as error:
        log.info("detector.not_installed", runtime=name, error=str(error))
        return None
    return load
