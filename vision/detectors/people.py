"""The one Detector: letterbox, infer on any runtime, decode, one box a person."""

import numpy as np

from vision.detector import Crop, Detections, Network, Picture, Tensor, require_picture
from vision.detectors.decoders import DECODERS, ONE_BOX_A_PERSON
from vision.letterbox import Placement, part_share, place, place_part
from vision.overlap import keep_best
from vision.weights import PERSON, Weights

FAINT = 0.6  # of the threshold: what may still be somebody who was there before
MOST_PEOPLE = 300  # in one picture; more is noise, and costs the square of it


class PeopleDetector:
    """A PartDetector of pinned weights; ``score`` replaces their own threshold."""

    def __init__(
        self,
        network: Network,
        weights: Weights,
        *,
        score: float | None = None,
        sees_parts: bool = False,
    ) -> None:
        """``sees_parts``: the network takes inputs of any size."""
        self.sees_parts = sees_parts
        self._network = network
        self._weights = weights
        self._score = weights.thresholds.score if score is None else score
        self._decode = DECODERS[weights.decoder]
        self._person = weights.classes.index(PERSON)
        self.name = f"{network.runtime} {weights.file}"

    def detect(self, picture: Picture, *, score: float | None = None) -> Detections:
        require_picture(picture)
        tensor, placement = place(picture, self._weights.preprocessing)
        return self._people(tensor, placement, score)

    def share(self, height: int, width: int, crop: Crop) -> float:
        return part_share(height, width, crop, self._weights.preprocessing)

    def detect_part(
        self, picture: Picture, crop: Crop, *, score: float | None = None
    ) -> tuple[Detections, Crop]:
        require_picture(picture)
        tensor, placement, seen = place_part(picture, crop, self._weights.preprocessing)
        return self._people(tensor, placement, score), seen

    def _people(self, tensor: Tensor, placement: Placement, score: float | None) -> Detections:
        least = self._score if score is None else score
        boxes, scores = self._decode(
            self._network.infer(tensor),
            *tensor.shape[2:],
            score=FAINT * least,
            classes=len(self._weights.classes),
            person=self._person,
        )
        boxes = placement.back(boxes)
        real = np.flatnonzero((boxes[:, :2] < boxes[:, 2:]).all(axis=1))  # the rest is outside
        boxes, scores = boxes[real], scores[real]
        if self._weights.decoder in ONE_BOX_A_PERSON:
            kept = np.argsort(-scores, kind="stable")[:MOST_PEOPLE]
        else:
            overlap = self._weights.thresholds.overlap
            kept = keep_best(boxes, scores, overlap=overlap, at_most=MOST_PEOPLE)
        sure = kept[scores[kept] >= least]
        return Detections(boxes[sure], scores[sure], boxes[kept[scores[kept] < least]])
