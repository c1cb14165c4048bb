"""The adapter of the extra, where it is installed: same people as the exported file."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.detectors.broken import BrokenWeights
from vision.detectors.choose import network_of
from vision.detectors.people import PeopleDetector
from vision.lifecycle import Asked, content_of, describe
from vision.weights import Content

SHARED = Path(__file__).parents[4] / "shared"
ASKED = Asked("AGPL-3.0", "rebuilt")

pytestmark = pytest.mark.shared
adapter = pytest.importorskip("vision.detectors.ultralytics", exc_type=ImportError)


def test_a_checkpoint_finds_whom_its_export_finds() -> None:
    if not SHARED.exists():
        pytest.skip("the weights for tests are not beside the project")
    picture = cv2.imread(str(SHARED / "footage/labelled/frames/checkout_vlade_16.jpg"))
    assert picture is not None
    found = []
    for file in ("yolov8n_rebuilt.pt", "yolov8n_coco.onnx"):
        content = content_of(SHARED / "weights" / file)
        pin = describe(content, file, ASKED)
        assert (pin.decoder, pin.classes[0]) == ("yolo", "person")
        network = network_of("auto", pin, content, precision="f32")
        found.append(PeopleDetector(network, pin).detect(np.asarray(picture, np.uint8)))
    assert len(found[0]) == len(found[1]) >= 3
    assert found[0].boxes == pytest.approx(found[1].boxes, abs=0.5)  # pixels
    assert found[0].scores == pytest.approx(found[1].scores, abs=0.01)


@pytest.mark.parametrize("content", [b"", b"garbage" * 99], ids=["empty", "noise"])
def test_a_broken_checkpoint_is_named(content: bytes) -> None:
    with pytest.raises(BrokenWeights, match="ultralytics cannot use"):
        adapter.load(Content(content, b""), "torch", threads=1, precision=None)
