"""Runs a network on OpenVINO, the fastest runtime on a CPU; openvino_int8.py is beside it."""

from typing import Any

import numpy as np
import openvino

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.weights import Content, Form


class OpenVinoNetwork:
    """A Network. By default OpenVINO picks the CPU's own precision (bf16 where there is any).

    ``tensors`` is the .bin of a model in OpenVINO's own form, whose .xml is ``model``.
    """

    runtime = "openvino"

    def __init__(
        self,
        model: bytes,
        *,
        tensors: bytes = b"",
        threads: int = 1,
        precision: str | None = None,
    ) -> None:
        options: dict[str, Any] = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            # A core that others use too must not be waited for, and pinning costs calls a look.
            "ENABLE_CPU_PINNING": False,
        }
        if precision is not None:
            options["INFERENCE_PRECISION_HINT"] = precision
        core = openvino.Core()
        try:
            network = core.read_model(model, tensors) if tensors else core.read_model(model)
            self._request = core.compile_model(network, "CPU", options).create_infer_request()
        except RuntimeError as error:
            raise BrokenWeights(self.runtime, error) from error

    def infer(self, tensor: Tensor) -> list[Tensor]:
        try:
            outputs = self._request.infer([tensor], share_inputs=True)
        except RuntimeError as error:
            raise BrokenWeights(self.runtime, error) from error
        return [np.array(value, np.float32) for value in outputs.values()]


def load(content: Content, form: Form, *, threads: int, precision: str | None) -> OpenVinoNetwork:
    return OpenVinoNetwork(
        content.main, tensors=content.tensors, threads=threads, precision=precision
    )
