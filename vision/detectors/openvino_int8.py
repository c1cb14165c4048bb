"""A network's convolutions in 8-bit numbers, as OpenVINO runs them.

What goes into a convolution is cut to its range where it is made, before it is padded or put
beside others, so that it stays in 8 bits between convolutions. Weights go by the largest one of
each output. The first convolution, which sees the picture, and what is no convolution stay as they
were: they cost little.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import openvino
from openvino import opset13

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.detectors.eight_bit import LEVELS, Ranges, joined_ranges, steps
from vision.weights import Content

_CONVOLUTIONS = {"Convolution": 1, "GroupConvolution": 2}  # leading axes of weights: outputs
_WEIGHT_LEVELS = 255
_LEAST = 1e-6
_LEFT_OUT = 1e-5  # of the numbers at each end: one outlier must not coarsen all others
_ASKED = 7  # one number in so many: the range is the same
_SPATIAL = slice(2, None)


def quantised(content: Content, shown: Sequence[Tensor]) -> Content:
    """Return the network with 8-bit convolutions; ``shown``: inputs as the network gets them.

    Raises:
        BrokenWeights: OpenVINO cannot load the network.
    """
    try:
        ranges = measured(content, shown)
        model = read(content)
        in_eight_bits(model, ranges)
        return _saved(model)
    except RuntimeError as error:
        raise BrokenWeights("openvino", error) from error


def read(content: Content) -> Any:
    """Return the model; raises RuntimeError where there is none."""
    core = openvino.Core()
    model = (
        core.read_model(content.main, content.tensors)
        if content.tensors
        else core.read_model(content.main)
    )
    _pad_in_pools(model)
    return model


def measured(content: Content, shown: Sequence[Tensor]) -> dict[str, tuple[float, float]]:
    """Return the range of nearly all numbers in each tensor that goes into convolutions."""
    probe = read(content)
    sources = {
        name: port.get_source_output() for _, ports in _inputs(probe) for name, port in ports
    }
    own = len(probe.outputs)
    probe.add_outputs(list(sources.values()))
    compiled = openvino.Core().compile_model(probe, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    asked: list[list[Tensor]] = [[] for _ in sources]
    for tensor in shown:
        for values, output in zip(asked, list(compiled([tensor]).values())[own:], strict=True):
            values.append(output.ravel()[::_ASKED].copy())
    ends = (np.quantile(np.concatenate(values), (_LEFT_OUT, 1 - _LEFT_OUT)) for values in asked)
    return {
        name: (float(low), float(high)) for name, (low, high) in zip(sources, ends, strict=True)
    }


def in_eight_bits(model: Any, ranges: Ranges) -> None:
    """Let convolutions compute in 8-bit numbers where all that goes into them has a range."""
    known = [
        (node, ports) for node, ports in _inputs(model) if all(name in ranges for name, _ in ports)
    ]
    told = joined_ranges(([name for name, _ in ports] for _, ports in known), ranges)
    cut: dict[str, Any] = {}
    for node, ports in known:
        for name, port in ports:
            if name not in cut:
                low, high = steps(*told[name]).ends
                source = port.get_source_output()
                cut[name] = _cut(source, _constant(low), _constant(high), LEVELS)
            port.replace_source_output(cut[name])
        weights = _weights(node)
        axes = tuple(range(_CONVOLUTIONS[node.get_type_name()], weights.ndim))
        most = np.maximum(np.abs(weights).max(axis=axes, keepdims=True), _LEAST)
        fewer = _cut(_constant(weights), _constant(-most), _constant(most), _WEIGHT_LEVELS)
        node.input(1).replace_source_output(fewer)
    model.validate_nodes_and_infer_types()


def _inputs(model: Any) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Return each convolution but the first with the names and places of what goes into it."""
    found = []
    for node in model.get_ordered_ops():
        if node.get_type_name() in _CONVOLUTIONS:
            ports = list(_origins(node.input(0)))
            sources = [port.get_source_output() for port in ports]
            if all(source.get_node().get_type_name() != "Parameter" for source in sources):
                names = [source.get_any_name() for source in sources]
                found.append((node, list(zip(names, ports, strict=True))))
    return found


def _origins(port: Any) -> Iterator[Any]:
    """Yield the places where what arrives at ``port`` is only padded or put beside others yet."""
    node = port.get_source_output().get_node()
    kind = node.get_type_name()
    if kind == "Concat":
        for inner in node.inputs():
            yield from _origins(inner)
    elif kind == "Pad" and _pads_with(node) == 0:
        yield from _origins(node.input(0))
    else:
        yield port


def _pads_with(pad: Any) -> float | None:
    """Return the number that a Pad puts around, None where that is not known beforehand."""
    if pad.get_input_size() < 4:
        return 0.0
    constant = pad.input_value(3).get_node()
    if constant.get_type_name() != "Constant":
        return None
    return float(np.asarray(constant.data).ravel()[0])


def _pad_in_pools(model: Any) -> None:
    """Let pools of the largest number pad by themselves what nothing but them needs padded."""
    for node in model.get_ordered_ops():
        pad = node.input_value(0).get_node() if node.get_type_name() == "MaxPool" else None
        if pad is None or pad.get_type_name() != "Pad" or _pads_with(pad) != -np.inf:
            continue
        begin, end = (pad.input_value(n).get_node() for n in (1, 2))
        if {begin.get_type_name(), end.get_type_name()} != {"Constant"}:
            continue
        asked = node.get_attributes()
        if any((*asked["pads_begin"], *asked["pads_end"])) or len(node.outputs()) != 2:
            continue
        pool = opset13.max_pool(
            pad.input_value(0),
            asked["strides"],
            asked["dilations"],
            list(begin.data[_SPATIAL]),
            list(end.data[_SPATIAL]),
            asked["kernel"],
            asked["rounding_type"],
            "explicit",
        )
        pool.output(0).set_names(node.output(0).get_names())
        for port in list(node.output(0).get_target_inputs()):
            port.replace_source_output(pool.output(0))
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
