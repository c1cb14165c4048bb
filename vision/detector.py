"""The port: a picture goes in, people come out. One adapter a runtime in vision/detectors/."""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.kit.errors import InvalidInput

Picture = NDArray[np.uint8]  # height × width × 3, BGR, 0-255
Tensor = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Detections:
    """People in one picture as parallel arrays, best first.

    Attributes:
        boxes: N × 4 float32, left, top, right, bottom in pixels of the picture given.
        scores: N float32, 0-1.
        faint: M × 4, boxes a little below the threshold: nobody, unless somebody was just there.
    """

    boxes: Tensor
    scores: Tensor
    faint: Tensor = field(default_factory=lambda: np.zeros((0, 4), np.float32))

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls) -> "Detections":
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32))


class Detector(Protocol):
    """Finds people. Called from one thread at a time."""

    @property
    def name(self) -> str:
        """Runtime and weights, for logs and metrics."""
        ...

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        """Return the people in ``picture``; ``score`` is the camera's own threshold, if any.

        Raises:
            InvalidInput: not a height × width × 3 picture of bytes, or nothing can be told of it.
        """
        ...


@dataclass(frozen=True, slots=True)
class Crop:
    """Pixels from ``left``, ``top`` up to but without ``right``, ``bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, picture: Picture) -> Picture:
        return np.ascontiguousarray(picture[self.top : self.bottom, self.left : self.right])


@runtime_checkable
class PartDetector(Detector, Protocol):
    """A Detector that may look at a part of a picture for less."""

    @property
    def sees_parts(self) -> bool:
        """Whether it can, with the weights that it has."""
        ...

    def share(self, height: int, width: int, crop: Crop) -> float:
        """Return what a look at a part of such a picture costs, 1 for the whole."""
        ...

    def detect_part(
        self, picture: Picture, crop: Crop, *, score: float | None = None
    ) -> tuple[Detections, Crop]:
        """Return the people of a part, in pixels of the picture, and the part looked at.

        That is ``crop`` or somewhat more. Who is cut by its edge may be among them.
        """
        ...


class Network(Protocol):
    """A loaded network on some runtime: 1×3×H×W float32 in, its output tensors out."""

    @property
    def runtime(self) -> str: ...

    def infer(self, tensor: Tensor) -> list[Tensor]: ...


def require_picture(picture: Picture) -> None:
    """Refuse what is not a colour picture.

    Raises:
        InvalidInput: wrong shape, type or no pixel at all.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or not picture.size:
        msg = f"a picture must be height × width × 3 bytes, not {picture.shape} {picture.dtype}"
        raise InvalidInput(msg)
