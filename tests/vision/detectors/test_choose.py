"""The runtime is the one asked for, or the fastest that is there and can."""

import hashlib
import sys
from pathlib import Path

import pytest

from models.kit.errors import SettingsError
from vision import weights
from vision.detectors import choose as choosing
from vision.detectors.broken import BrokenWeights
from vision.detectors.choose import RUNTIMES, Adapter, Runtime, choose, load_detector
from vision.detectors.outputs import ForeignNetwork
from vision.site_weights import SiteWeights
from vision.weights import Pinned, WeightsRefused

PACKAGED = weights.packaged()["nanodet_g_person"]


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if these packages were not installed."""
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)
        monkeypatch.delitem(sys.modules, RUNTIMES[name].module, raising=False)


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime", "opencv"])
def test_the_named_runtime_is_taken(runtime: Runtime) -> None:
    assert choose(runtime, "nanodet_g_person").name.startswith(runtime)


def test_auto_takes_the_fastest_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose("auto", None).name.startswith("openvino")
    without(monkeypatch, "openvino", "onnxruntime")
    assert choose("auto", "nanodet_g_person").name.startswith("opencv")
    assert choosing.installed()[0] == "opencv"


def test_a_runtime_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "openvino")
    with pytest.raises(SettingsError, match="openvino not installed"):
        choose("openvino", "nanodet_g_person")


def test_unpinned_weights_are_refused(tmp_path: Path) -> None:
    for state_dir in (None, tmp_path):
        with pytest.raises(WeightsRefused, match=r"nanodet_g_person; or pin .* weights add"):
            choose("auto", "something_else", state_dir=state_dir)


def test_a_form_that_a_runtime_cannot_run_is_named() -> None:
    pt = PACKAGED.weights.model_copy(update={"file": PACKAGED.weights.file})
    with pytest.raises(SettingsError, match=r"cannot run .*onnx; set .* or openvino"):
        load_detector("ultralytics", Pinned("x", pt, PACKAGED.folder))


def test_the_extra_is_named_where_only_it_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = SiteWeights(tmp_path)
    content = b"a checkpoint"
    site.keep("own", pin_of(content, "own.pt"), {"own.pt": content})
    without(monkeypatch, "ultralytics")
    with pytest.raises(SettingsError, match=r"pip install 'ahual\[ultralytics\]'"):
        choose("auto", "own", state_dir=tmp_path)


def pin_of(content: bytes, file: str, **fields: object) -> weights.Weights:
    digest = hashlib.sha256(content).hexdigest()
    alone = {"ranges_file": None, "ranges_sha256": None}
    changed: dict[str, object] = {"file": file, "sha256": digest, **alone, **fields}
    return PACKAGED.weights.model_copy(update=changed)


def test_the_promoted_weights_are_used_when_none_are_named(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path)
    content = PACKAGED.content().main
    site.keep("ours", pin_of(content, "ours.onnx"), {"ours.onnx": content})
    assert choose("openvino", None, state_dir=tmp_path).name.endswith("fp16w.onnx")
    site.promote("ours")
    assert choose("openvino", None, state_dir=tmp_path).name.endswith("ours.onnx")


@pytest.mark.parametrize("cut", [0, 4, 1000, 5_000_000], ids=str)
def test_a_file_that_is_cut_is_named_before_a_runtime_sees_it(tmp_path: Path, cut: int) -> None:
    content = PACKAGED.content().main[:cut]
    SiteWeights(tmp_path).keep("cut", pin_of(content, "cut.onnx"), {"cut.onnx": content})
    with pytest.raises(BrokenWeights, match="no ONNX model"):
        choose("auto", "cut", state_dir=tmp_path)


def test_another_decoder_is_named_at_the_start(tmp_path: Path) -> None:
    content = PACKAGED.content().main
    pin = pin_of(content, "n.onnx", decoder="yolo")
    SiteWeights(tmp_path).keep("n", pin, {"n.onnx": content})
    with pytest.raises(ForeignNetwork, match=r"no YOLOv8/11 of 1 for 384×640 .*1×3840×1"):
        choose("auto", "n", state_dir=tmp_path)


def test_auto_passes_on_from_a_runtime_that_cannot_load(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picky = Adapter(f"{__name__}", RUNTIMES["openvino"].forms)
    monkeypatch.setattr(choosing, "RUNTIMES", {"picky": picky, **RUNTIMES})
    assert choose("auto", None).name.startswith("openvino")
    monkeypatch.setattr(choosing, "RUNTIMES", {"picky": picky})
    with pytest.raises(BrokenWeights, match="picky cannot use"):
        choose("auto", None)


def load(*_: object, **__: object) -> None:
    """An adapter that can load nothing."""
    raise BrokenWeights("picky", RuntimeError("this processor is too old"))
