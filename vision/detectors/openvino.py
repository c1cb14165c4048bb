"""Runs a network on OpenVINO, the fastest runtime on a CPU. Only this file imports it."""

from typing import Any

import numpy as np
import openvino

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights


class OpenVinoNetwork:
    """A Network. By default OpenVINO picks the CPU's own precision (bf16 where there is any)."""

    runtime = "openvino"

    def __init__(self, onnx: bytes, *, threads: int = 1, precision: str | None = None) -> None:
        options: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
        }
        if precision is not None:
            options["INFERENCE_PRECISION_HINT"] = precision
        core = openvino.Core()
        try:
            model = core.read_model(onnx)
            self._request = core.compile_model(model, "CPU", options).create_infer_request()
        except RuntimeError as error:
            raise BrokenWeights(self.runtime, error) from error

    def infer(self, tensor: Tensor) -> list[Tensor]:
        try:
            outputs = self._request.infer([tensor])
        except RuntimeError as error:
            raise BrokenWeights(self.runtime, error) from error
        return [np.array(value, np.float32) for value in outputs.values()]
