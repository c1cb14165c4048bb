"""The decoders by the name that a pin gives, and which of them fits a network's tensors."""

from collections.abc import Sequence
from typing import Protocol

from vision.detector import Tensor
from vision.detectors import end_to_end, nanodet, yolo, yolox
from vision.detectors.outputs import BrokenOutput, ForeignNetwork
from vision.weights import DecoderName


class Decode(Protocol):
    """Turns a network's tensors into boxes of its input and their scores."""

    def __call__(
        self,
        outputs: Sequence[Tensor],
        height: int,
        width: int,
        *,
        score: float,
        classes: int,
        person: int,
    ) -> tuple[Tensor, Tensor]: ...


DECODERS: dict[DecoderName, Decode] = {
    "nanodet": nanodet.decode,
    "yolox": yolox.decode,
    "yolo": yolo.decode,
    "end_to_end": end_to_end.decode,
}
ONE_BOX_A_PERSON: frozenset[DecoderName] = frozenset({"end_to_end"})


def recognise(
    outputs: Sequence[Tensor], height: int, width: int, *, classes: int
) -> DecoderName | None:
    """Return the decoder whose tensors these are, None where none knows them."""
    for name, decode in DECODERS.items():
        try:
            decode(outputs, height, width, score=0.5, classes=classes, person=0)
        except ForeignNetwork:
            continue
        except BrokenOutput:
            return name
        return name
    return None
