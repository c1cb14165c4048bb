"""Files are looked at before they are pinned, and only the better ones are promoted."""

import hashlib
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest

from ingest.simulated.scenes import SCENES
from models.kit.errors import CentreError, InvalidInput, SettingsError, Unavailable
from tests.vision.made_set import make_stills
from tests.vision.onnx_file import model
from vision import comparison, training
from vision.detectors.choose import load_detector
from vision.detectors.outputs import ForeignNetwork
from vision.lifecycle import Asked, content_of, describe, fetch, measure, promote, take
from vision.site_weights import SiteWeights
from vision.weights import Content, Pinned

ASKED = Asked("Apache-2.0", "by hand")
SHARED = Path(__file__).parents[3] / "shared" / "weights"
PEOPLE = np.zeros((1, 300, 6), np.float32)
PEOPLE[0, :2] = [[8, 8, 24, 56, 0.9, 0], [40, 8, 56, 56, 0.8, 0]]
YOLO26 = model((1, 3, 64, 64), [(1, 300, 6)], {"task": "detect"}, [PEOPLE])


def onnx(content: bytes) -> Content:
    return Content(content, b"")


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime", "opencv"])
def test_an_end_to_end_network_runs_on_every_runtime(tmp_path: Path, runtime: str) -> None:
    pin = describe(onnx(YOLO26), "n.onnx", ASKED)
    assert (pin.decoder, pin.classes) == ("end_to_end", ("person",))
    assert (pin.preprocessing.height, pin.preprocessing.width) == (64, 64)
    (tmp_path / "n.onnx").write_bytes(YOLO26)
    detector = load_detector(runtime, Pinned("n", pin, tmp_path))  # type: ignore[arg-type]
    found = detector.detect(np.zeros((128, 128, 3), np.uint8))
    assert found.boxes.tolist() == [[16, 16, 48, 112], [80, 16, 112, 112]]


@pytest.mark.parametrize(
    ("file", "decoder", "classes", "size", "channels"),
    [
        ("yolox_nano_person.onnx", "yolox", 1, (384, 640), "bgr"),
        ("yolox_nano_coco_416.onnx", "yolox", 80, (416, 416), "bgr"),
        ("yolov8n_coco.onnx", "yolo", 80, (384, 640), "rgb"),
    ],
)
@pytest.mark.shared
def test_files_of_every_family_are_recognised_and_find_people(
    tmp_path: Path, file: str, decoder: str, classes: int, size: tuple[int, int], channels: str
) -> None:
    if not SHARED.exists():
        pytest.skip("the weights for tests are not beside the project")
    content = content_of(SHARED / file)
    pin = describe(content, "n.onnx", ASKED)
    prepared = pin.preprocessing
    assert (pin.decoder, len(pin.classes), pin.classes[0]) == (decoder, classes, "person")
    assert ((prepared.height, prepared.width), prepared.channels) == (size, channels)
    (tmp_path / "n.onnx").write_bytes(content.main)
    detector = load_detector("openvino", Pinned("n", pin, tmp_path), precision="f32")
    picture = cv2.imread(str(SHARED.parent / "footage/labelled/frames/checkout_vlade_16.jpg"))
    assert picture is not None
    assert len(detector.detect(np.asarray(picture, np.uint8))) in (2, 3, 4)


@pytest.mark.parametrize("form", ["yolov8n_int8_openvino_model"])
@pytest.mark.shared
def test_openvinos_own_form_has_two_files(tmp_path: Path, form: str) -> None:
    if not SHARED.exists():
        pytest.skip("the weights for tests are not beside the project")
    (path,) = (SHARED / form).glob("*.xml")
    content = content_of(path)
    digest = hashlib.sha256(content.main).hexdigest()
    site = SiteWeights(tmp_path)
    pinned = take(site, "int8", path.name, content, digest, ASKED)
    assert (pinned.weights.form, pinned.weights.decoder) == ("openvino", "yolo")
    assert pinned.weights.preprocessing.height == 640
    assert load_detector("auto", site.find("int8")).name.startswith("openvino")
    with pytest.raises(SettingsError, match="cannot run int8"):
        load_detector("opencv", site.find("int8"))
    (site.folder / "int8.bin").write_bytes(b"other")
    with pytest.raises(SettingsError, match="sha256"):
        site.find("int8").content()


@pytest.mark.parametrize(
    ("content", "file", "error", "told"),
    [
        (b"", "n.onnx", InvalidInput, "no ONNX"),
        (YOLO26[:200], "n.onnx", InvalidInput, "fetch the file again"),
        (YOLO26, "n.exe", InvalidInput, "weights end in"),
        (YOLO26, "n", InvalidInput, "in nothing"),
        (b"<net", "n.xml", InvalidInput, "no OpenVINO model"),
        (model((1, 3, 64, 64), [(1, 1000)]), "n.onnx", InvalidInput, "no decoder knows .*1×1000"),
        (model((1, 3, 60, 60), [(1, 300, 6)]), "n.onnx", InvalidInput, "multiples of 32"),
        (model((1, 1, 64, 64), [(1, 300, 6)]), "n.onnx", ForeignNetwork, "takes 1×1×64×64"),
        (model((1, 8), [(1, 2)]), "n.onnx", ForeignNetwork, "takes 1×8"),
        (
            model((1, 3, 64, 64), [(1, 300, 6)], {"task": "pose"}),
            "n.onnx",
            InvalidInput,
            "made to pose",
        ),
    ],
    ids=["empty", "cut", "exe", "bare", "xml", "classes", "odd", "grey", "words", "pose"],
)
def test_what_is_no_detector_is_named(
    content: bytes, file: str, error: type[CentreError], told: str
) -> None:
    with pytest.raises(error, match=told):
        describe(onnx(content), file, ASKED)


def test_a_network_without_people_is_refused() -> None:
    cats = Asked("Apache-2.0", "by hand", classes=("cat",))
    with pytest.raises(InvalidInput, match="none is a person"):
        describe(onnx(YOLO26), "n.onnx", cats)


def test_other_bytes_than_meant_are_not_kept(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    with pytest.raises(InvalidInput, match="ask where it came from"):
        take(site, "n", "n.onnx", onnx(YOLO26), "0" * 64, ASKED)
    assert site.own() == {}


@pytest.fixture
def server() -> Iterator[str]:
    """A site that publishes one file."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/n.onnx"
            self.send_response(200 if found else 404)
            self.end_headers()
            if found:
                self.wfile.write(YOLO26)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_a_file_is_fetched_only_from_where_it_is(server: str) -> None:
    assert fetch(f"{server}/n.onnx") == YOLO26
    with pytest.raises(Unavailable, match="404"):
        fetch(f"{server}/other.onnx")
    with pytest.raises(InvalidInput, match="https://"):
        fetch("file:///etc/passwd")


def test_a_better_candidate_is_promoted_and_a_blind_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = SiteWeights(tmp_path)
    digest = hashlib.sha256(YOLO26).hexdigest()
    take(site, "blind", "n.onnx", onnx(YOLO26), digest, ASKED)
    stills = make_stills(tmp_path / "set", SCENES[:1])
    verdict = promote(site, "blind", stills, cpu_s=time.process_time, at="2026-11-22")
    assert not verdict.better
    assert "too small" in verdict.why
    assert site.promoted() == "nanodet_g_person"
    card = site.card("nanodet_g_person")
    assert card is not None
    assert card["evaluation"]["groups"][-1]["ap50"] >= 0.95
    assert "| AP50 |" in (site.folder / "blind.card.md").read_text()
    monkeypatch.setattr(comparison, "FEWEST_STILLS", 1)
    monkeypatch.setattr(comparison, "FEWEST_PEOPLE", 1)
    site.promote("blind")
    verdict = promote(site, "nanodet_g_person", stills, cpu_s=time.process_time, at="2026-11-22")
    assert verdict.better
    assert site.promoted() == "nanodet_g_person"
    assert (
        "in use already"
        in promote(site, "nanodet_g_person", stills, cpu_s=time.process_time, at="").why
    )


def test_a_set_that_was_trained_on_decides_nothing(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    digest = hashlib.sha256(YOLO26).hexdigest()
    take(site, "ours", "n.onnx", onnx(YOLO26), digest, ASKED)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "1.jpg").write_bytes(b"a still")
    seen = hashlib.sha256(b"a still").hexdigest()[:16]
    site.keep_trained("ours", {"digests": [seen]})
    with pytest.raises(InvalidInput, match="trained on"):
        promote(site, "ours", tmp_path / "set", cpu_s=time.process_time, at="")


def test_training_says_what_it_needs(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    wish = training.Wish("nanodet_g_person", "ours", 1, 320, 4)
    with pytest.raises(InvalidInput, match=r"no \.pt checkpoint"):
        training.train(site, tmp_path, wish)


def test_the_extra_is_named_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "vision.detectors.ultralytics", raising=False)
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    site = SiteWeights(tmp_path)
    content = b"a checkpoint"
    pin = describe(onnx(YOLO26), "n.onnx", ASKED).model_copy(
        update={"file": "c.pt", "sha256": hashlib.sha256(content).hexdigest()}
    )
    site.keep("c", pin, {"c.pt": content})
    with pytest.raises(SettingsError, match=r"pip install 'ahual\[ultralytics\]'"):
        training.export(site, "c", "exported", "onnx")
    with pytest.raises(InvalidInput, match="not torch"):
        training.export(site, "c", "exported", "torch")


def test_every_fifth_still_is_kept_from_training(tmp_path: Path) -> None:
    pictures = [tmp_path / f"{n}.jpg" for n in range(11)]
    training.write_description(tmp_path, pictures)
    learnt = (tmp_path / "train.txt").read_text().splitlines()
    kept = (tmp_path / "val.txt").read_text().splitlines()
    assert (len(learnt), len(kept)) == (9, 2)
    assert not set(learnt) & set(kept)


def test_measuring_unpinned_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not pinned"):
        measure(SiteWeights(tmp_path), "x", tmp_path, cpu_s=time.process_time, at="")
