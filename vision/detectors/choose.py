"""Picks the runtime: the one the settings name, or with «auto» the fastest that is installed."""

from collections.abc import Callable
from importlib import import_module
from typing import Literal

import numpy as np

from models.kit.errors import SettingsError
from models.kit.log import get
from vision import weights as weight_list
from vision.detector import Detector, Network
from vision.detectors.nanodet import NanoDet

log = get(__name__)
Runtime = Literal["auto", "openvino", "onnxruntime", "opencv"]

# Fastest first. Loaded by name, so that a runtime that is not installed costs nothing.
RUNTIMES: dict[str, tuple[str, str]] = {
    "openvino": ("vision.detectors.openvino", "OpenVinoNetwork"),
    "onnxruntime": ("vision.detectors.onnxruntime", "OnnxRuntimeNetwork"),
    "opencv": ("vision.detectors.opencv", "OpenCvNetwork"),
}


def choose(runtime: Runtime, weights: str, *, threads: int = 1) -> Detector:
    """Return a detector that is loaded and has looked at one empty picture, as a proof.

    Raises:
        WeightsRefused: the weights are not pinned or not the pinned bytes.
        BrokenWeights: the runtime cannot load them.
        ForeignNetwork: they are not what weights.toml says.
        SettingsError: the runtime asked for is not installed, or none is.
    """
    entry = weight_list.describe(weights)
    content = weight_list.read(entry)
    tried: list[str] = []
    for name in RUNTIMES if runtime == "auto" else (runtime,):
        make = _installed(name)
        if make is not None:
            detector = NanoDet(make(content, threads=threads), entry)
            size = entry.preprocessing
            detector.detect(np.full((size.height, size.width, 3), size.padding, np.uint8))
            log.info("detector.chosen", runtime=name, weights=weights, passed_over=tried)
            return detector
        tried.append(name)
    msg = (
        f"no detector runtime: {', '.join(tried)} not installed; "
        "install requirements.txt or set AHUAL_VISION_DETECTOR=auto"
    )
    raise SettingsError(msg)


def _installed(name: str) -> Callable[..., Network] | None:
    module, attribute = RUNTIMES[name]
    try:
        make: Callable[..., Network] = getattr(import_module(module), attribute)
    except ImportError as error:
        log.info("detector.not_installed", runtime=name, error=str(error))
        return None
    return make
