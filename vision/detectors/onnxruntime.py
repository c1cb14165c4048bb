"""Runs a network on onnxruntime. Only this file imports it."""

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as states

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.weights import Content, Form

_ERRORS_ONLY = 3
# Each is a plain Exception without a common base of its own.
_FAILURES = (
    states.Fail,
    states.InvalidArgument,
    states.InvalidGraph,
    states.InvalidProtobuf,
    states.NotImplemented,
    states.RuntimeException,
)


class OnnxRuntimeNetwork:
    """A Network."""

    runtime = "onnxruntime"

    def __init__(self, onnx: bytes, *, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # A waiting thread must not spin: the cores belong to many cameras and to the recorder.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                onnx, options, providers=["CPUExecutionProvider"]
            )
        except _FAILURES as error:
            raise BrokenWeights(self.runtime, error) from error
        self._input = self._session.get_inputs()[0].name

    def infer(self, tensor: Tensor) -> list[Tensor]:
        try:
            outputs: list[Tensor] = self._session.run(None, {self._input: tensor})
        except _FAILURES as error:
            raise BrokenWeights(self.runtime, error) from error
        return outputs


def load(
    content: Content, form: Form, *, threads: int, precision: str | None
) -> OnnxRuntimeNetwork:
    """Precision is the file's own here."""
    return OnnxRuntimeNetwork(content.main, threads=threads)
