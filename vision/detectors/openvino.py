"""Runs a network on OpenVINO, the fastest runtime on a CPU."""

from typing import Any

import numpy as np
import openvino

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.detectors.eight_bit import Ranges, pays, read_ranges
from vision.detectors.openvino_int8 import in_eight_bits, read
from vision.weights import Content, Form


class OpenVinoNetwork:
    """A Network. By default OpenVINO picks the CPU's own precision (bf16 where there is any).

    ``tensors`` is the .bin of a model in OpenVINO's own form, whose .xml is ``model``.
    """

    runtime: str = "openvino"

    def __init__(
        self,
        model: bytes,
        *,
        tensors: bytes = b"",
        ranges: Ranges | None = None,
        threads: int = 1,
        precision: str | None = None,
    ) -> None:
        """With ``ranges`` convolutions compute in 8-bit numbers."""
        options: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            # A core that others use too must not be waited for, and pinning costs calls a look.
            "ENABLE_CPU_PINNING": False,
        }
        if precision is not None:
            options["INFERENCE_PRECISION_HINT"] = precision
        try:
            network = read(Content(model, tensors))
            if ranges is not None:
                in_eight_bits(network, ranges)
                self.runtime = "openvino 8-bit"
            compiled = openvino.Core().compile_model(network, "CPU", options)
            self._request = compiled.create_infer_request()
        except RuntimeError as error:
            raise BrokenWeights(self.runtime, error) from error

    def infer(self, tensor: Tensor) -> list[Tensor]:
        try:
            outputs = self._request.infer([tensor], share_inputs=True)
        except RuntimeError as error:
            raise BrokenWeights(self.runtime, error) from error
        return [np.array(value, np.float32) for value in outputs.values()]


def load(content: Content, form: Form, *, threads: int, precision: str | None) -> OpenVinoNetwork:
    """``precision`` None: the CPU's own, in 8-bit numbers where it is fast with those."""
    eight_bit = precision is None and content.ranges and pays()
    return OpenVinoNetwork(
        content.main,
        tensors=content.tensors,
        ranges=read_ranges(content.ranges) if eight_bit else None,
        threads=threads,
        precision=precision,
    )
