"""Runs a network on OpenCV's own dnn module: slower, but needs no further package."""

import cv2
import numpy as np

from vision.detector import Tensor
from vision.detectors.broken import BrokenWeights
from vision.weights import Content, Form


class OpenCvNetwork:
    """A Network. ``threads`` counts for everything OpenCV does in this process."""

    runtime = "opencv"

    def __init__(self, onnx: bytes, *, threads: int = 1) -> None:
        cv2.setNumThreads(threads)
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(onnx, np.uint8))
            self._outputs = self._net.getUnconnectedOutLayersNames()
        except cv2.error as error:
            raise BrokenWeights(self.runtime, error) from error

    def infer(self, tensor: Tensor) -> list[Tensor]:
        try:
            self._net.setInput(tensor)
            outputs = self._net.forward(self._outputs)
        except cv2.error as error:
            raise BrokenWeights(self.runtime, error) from error
        return [np.asarray(output, np.float32) for output in outputs]


def load(content: Content, form: Form, *, threads: int, precision: str | None) -> OpenCvNetwork:
    """Precision is the file's own here."""
    return OpenCvNetwork(content.main, threads=threads)
