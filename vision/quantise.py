"""Weights of any family in 8-bit numbers, for CPUs: calibrated on stills, no torch needed."""

import hashlib
from importlib import import_module
from pathlib import Path

from models.kit.errors import InvalidInput, SettingsError
from vision.detector import Tensor
from vision.labelled_set import read_set
from vision.letterbox import place
from vision.lifecycle import Asked, take
from vision.site_weights import SiteWeights
from vision.weights import Content, Pinned, Weights

FEWEST_STILLS = 8
_MOST_STILLS = 40  # more change the ranges by nothing
_FORMS = ("onnx", "openvino")


def quantise(site: SiteWeights, name: str, called: str, dataset: Path) -> Pinned:
    """Pin ``name`` once more with 8-bit convolutions, for OpenVINO; measure it before it is used.

    Raises:
        InvalidInput: the set is too small, or the form of these weights cannot be rewritten.
        Conflict: the name is taken.
        SettingsError: OpenVINO is not installed.
    """
    source = site.find(name)
    if source.weights.form not in _FORMS:
        msg = f"{name} is {source.weights.form}; only {' and '.join(_FORMS)} can become 8-bit here"
        raise InvalidInput(msg)
    shown = _shown(dataset, source.weights)
    try:
        adapter = import_module("vision.detectors.openvino_int8")
    except ImportError as error:
        raise SettingsError(f"8-bit weights need OpenVINO ({error}); install it") from error
    content: Content = adapter.quantised(source.content(), shown)
    weights = source.weights
    asked = Asked(
        weights.licence,
        f"{name} in 8-bit numbers, calibrated here on {len(shown)} stills of "
        f"{dataset.resolve().name}",
        classes=weights.classes,
        size=(weights.preprocessing.height, weights.preprocessing.width),
        score=weights.thresholds.score,
    )
    digest = hashlib.sha256(content.main).hexdigest()
    return take(site, called, f"{called}.xml", content, digest, asked)


def _shown(dataset: Path, weights: Weights) -> list[Tensor]:
    stills = read_set(dataset)
    if len(stills) < FEWEST_STILLS:
        msg = f"{len(stills)} stills are too few to calibrate on; give at least {FEWEST_STILLS}"
        raise InvalidInput(msg)
    step = max(1, len(stills) // _MOST_STILLS)
    return [place(still.open()[0], weights.preprocessing)[0] for still in stills[::step]]
