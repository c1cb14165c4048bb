"""A network's convolutions in 8-bit numbers, as OpenVINO runs them; calibrated on pictures.

Inputs of convolutions are cut to the range that nearly all of their numbers lie in, weights go by
the largest one of each output. What is no convolution stays as it was: it costs little.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import openvino
from openvino import opset13

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.weights import Content

_CONVOLUTIONS = {"Convolution": 1, "GroupConvolution": 2}  # leading axes of weights: outputs
_LEVELS, _WEIGHT_LEVELS = 256, 255
_LEFT_OUT = 0.01  # per cent of the numbers at each end
_LEAST = 1e-6
_ASKED = 13  # one number in so many: ranges are the same, ten times faster


def quantised(content: Content, shown: Sequence[Tensor]) -> Content:
    """Return the network with 8-bit convolutions; ``shown``: inputs as the network gets them.

    Raises:
        BrokenWeights: OpenVINO cannot load the network.
    """
    try:
        model, probe = (_read(content) for _ in range(2))
        ranges = _ranges(probe, shown)
        _quantise(model, ranges)
        return _saved(model)
    except RuntimeError as error:
        raise BrokenWeights("openvino", error) from error


def _read(content: Content) -> Any:
    core = openvino.Core()
    if content.tensors:
        return core.read_model(content.main, content.tensors)
    return core.read_model(content.main)


def _convolutions(model: Any) -> list[Any]:
    return [node for node in model.get_ordered_ops() if node.get_type_name() in _CONVOLUTIONS]


def _key(source: Any) -> tuple[str, int]:
    return source.get_node().get_friendly_name(), source.get_index()


def _ranges(probe: Any, shown: Sequence[Tensor]) -> dict[tuple[str, int], tuple[float, float]]:
    """Return the range of what goes into each convolution."""
    sources = {_key(node.input_value(0)): node.input_value(0) for node in _convolutions(probe)}
    own = len(probe.outputs)
    probe.add_outputs(list(sources.values()))
    compiled = openvino.Core().compile_model(probe, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    low, high = np.zeros(len(sources)), np.full(len(sources), _LEAST)
    for tensor in shown:
        values = list(compiled([tensor]).values())[own:]
        ends = np.array(
            [
                np.percentile(value.ravel()[::_ASKED], (_LEFT_OUT, 100 - _LEFT_OUT))
                for value in values
            ]
        )
        low, high = np.minimum(low, ends[:, 0]), np.maximum(high, ends[:, 1])
    return {key: (float(low[n]), float(high[n])) for n, key in enumerate(sources)}


def _quantise(model: Any, ranges: dict[tuple[str, int], tuple[float, float]]) -> None:
    cut: dict[tuple[str, int], Any] = {}
    for node in _convolutions(model):
        source = node.input_value(0)
        key = _key(source)
        if key not in cut:
            cut[key] = _cut(source, _constant(ranges[key][0]), _constant(ranges[key][1]), _LEVELS)
        node.input(0).replace_source_output(cut[key])
        weights = _weights(node)
        axes = tuple(range(_CONVOLUTIONS[node.get_type_name()], weights.ndim))
        most = np.maximum(np.abs(weights).max(axis=axes, keepdims=True), _LEAST)
        fewer = _cut(_constant(weights), _constant(-most), _constant(most), _WEIGHT_LEVELS)
        node.input(1).replace_source_output(fewer)
    model.validate_nodes_and_infer_types()


def _weights(node: Any) -> Tensor:
    """Return a convolution's weights; they may be stored in fewer bits."""
    held = node.input_value(1).get_node()
    while held.get_type_name() != "Constant":
        held = held.input_value(0).get_node()
    shape = list(node.input_value(1).get_shape())
    return np.asarray(held.data, np.float32).reshape(shape)


def _constant(value: float | Tensor) -> Any:
    return opset13.constant(np.asarray(value, np.float32))


def _cut(source: Any, low: Any, high: Any, levels: int) -> Any:
    return opset13.fake_quantize(source, low, high, low, high, levels).output(0)


def _saved(model: Any) -> Content:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.xml"
        openvino.save_model(model, path, compress_to_fp16=True)
        return Content(path.read_bytes(), path.with_suffix(".bin").read_bytes())
