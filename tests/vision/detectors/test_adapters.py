"""Each runtime gives the same people for the same picture, and names a bad weight file."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.vision import pictures
from vision import weights
from vision.detector import Network
from vision.detectors.broken import BrokenWeights
from vision.detectors.onnxruntime import OnnxRuntimeNetwork
from vision.detectors.opencv import OpenCvNetwork
from vision.detectors.openvino import OpenVinoNetwork
from vision.detectors.people import PeopleDetector

ENTRY = weights.describe("nanodet_g_person")
MAKERS: dict[str, Callable[[bytes], Network]] = {
    # bf16, which OpenVINO takes where the CPU has it, moves single scores by up to 0.17.
    "openvino": lambda onnx: OpenVinoNetwork(onnx, precision="f32"),
    "onnxruntime": OnnxRuntimeNetwork,
    "opencv": OpenCvNetwork,
}


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    content = weights.read(ENTRY)
    return {name: make(content) for name, make in MAKERS.items()}


@pytest.mark.parametrize("other", ["onnxruntime", "opencv"])
def test_every_runtime_finds_the_same_people(networks: dict[str, Network], other: str) -> None:
    picture = pictures.hall("long-queue")
    expected = PeopleDetector(networks["openvino"], ENTRY).detect(picture)
    found = PeopleDetector(networks[other], ENTRY).detect(picture)
    assert len(expected) >= 4
    assert found.scores == pytest.approx(expected.scores, abs=1e-3)
    assert found.boxes == pytest.approx(expected.boxes, abs=0.05)  # pixels


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 640), (2000, 3), (4320, 7680)], ids=str)
def test_pictures_of_any_size_are_taken(
    networks: dict[str, Network], name: str, height: int, width: int
) -> None:
    found = PeopleDetector(networks[name], ENTRY).detect(np.full((height, width, 3), 128, np.uint8))
    assert found.boxes.shape == (len(found), 4)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("content", [b"", b"\x00garbage" * 99, None], ids=["empty", "noise", "cut"])
def test_a_broken_file_is_named(name: str, content: bytes | None) -> None:
    if content is None:
        content = weights.read(ENTRY)[:5_000_000]
    with pytest.raises(BrokenWeights, match=name):
        MAKERS[name](content)


# OpenVINO answers a wrong shape with outputs of any size, which the decoder refuses.
@pytest.mark.parametrize("name", ["onnxruntime", "opencv"])
def test_an_input_that_does_not_fit_is_named(networks: dict[str, Network], name: str) -> None:
    with pytest.raises(BrokenWeights, match=name):
        networks[name].infer(np.zeros((5, 5), np.float32))


def test_the_cpus_own_precision_finds_the_same_number(networks: dict[str, Network]) -> None:
    picture = pictures.hall("empty-hall")
    fast = PeopleDetector(OpenVinoNetwork(weights.read(ENTRY)), ENTRY).detect(picture)
    assert len(fast) == len(PeopleDetector(networks["openvino"], ENTRY).detect(picture)) == 0
