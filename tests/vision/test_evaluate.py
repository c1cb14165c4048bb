"""Average precision, by hand and on labelled footage outside the project."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision import weights
from vision.detector import Detections
from vision.detectors.eight_bit import read_ranges
from vision.detectors.openvino import OpenVinoNetwork
from vision.detectors.people import PeopleDetector
from vision.evaluate import Labelled, average_precision

LABELS = Path(__file__).parents[3] / "shared" / "footage" / "labelled" / "labels.json"
NONE = np.zeros((0, 4), np.float32)
LEFT, RIGHT, FAR = [0, 0, 10, 20], [30, 0, 40, 20], [80, 0, 90, 20]


def boxes(*rows: list[int]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def found(*pairs: tuple[list[int], float]) -> Detections:
    return Detections(
        boxes(*(row for row, _ in pairs)), np.array([s for _, s in pairs], np.float32)
    )


@pytest.mark.parametrize(
    ("detections", "labelled", "expected"),
    [
        (found((LEFT, 0.9), (RIGHT, 0.8)), Labelled(boxes(LEFT, RIGHT), NONE), 1.0),
        (found((LEFT, 0.9)), Labelled(boxes(LEFT, RIGHT), NONE), 0.5),
        (found((FAR, 0.9), (LEFT, 0.8)), Labelled(boxes(LEFT), NONE), 0.5),
        (found((FAR, 0.9), (LEFT, 0.8)), Labelled(boxes(LEFT), boxes(FAR)), 1.0),
        (found((LEFT, 0.9), (LEFT, 0.8)), Labelled(boxes(LEFT, RIGHT), NONE), 0.5),
        (found((LEFT, 0.9)), Labelled(NONE, NONE), 0.0),
        (Detections.none(), Labelled(boxes(LEFT), NONE), 0.0),
    ],
    ids=["all", "half", "a ghost first", "ghost in a crowd", "doubled", "nobody", "nothing found"],
)
def test_average_precision(detections: Detections, labelled: Labelled, expected: float) -> None:
    assert average_precision([detections], [labelled]) == pytest.approx(expected)


def group(name: str, source: str) -> str:
    if "mot17" in name.lower():
        return "mot17"
    return "pets" if "ground truth" in source else "cctv"


@pytest.mark.shared
@pytest.mark.parametrize("eight_bit", [False, True], ids=["f32", "8-bit"])
@pytest.mark.parametrize(("name", "least"), [("cctv", 0.95), ("pets", 0.80), ("mot17", 0.68)])
def test_the_committed_default_on_labelled_footage(
    name: str, least: float, eight_bit: bool
) -> None:
    if not LABELS.exists():
        pytest.skip("the labelled footage is not beside the project")
    entry = weights.describe("nanodet_g_person")
    content = weights.packaged()["nanodet_g_person"].content()
    ranges = read_ranges(content.ranges) if eight_bit else None
    network = OpenVinoNetwork(content.main, ranges=ranges, precision="f32")
    detector = PeopleDetector(network, entry, score=0.02)
    all_found, all_labelled = [], []
    for file, label in json.loads(LABELS.read_text()).items():
        if group(file, label["label_source"]) == name:
            picture = cv2.imread(str(LABELS.parent / file))
            assert picture is not None
            all_found.append(detector.detect(np.asarray(picture, np.uint8)))
            all_labelled.append(Labelled(boxes(*label["persons"]), boxes(*label["ignore"])))
    assert average_precision(all_found, all_labelled) >= least
