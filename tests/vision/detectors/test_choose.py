"""The runtime is the one asked for, or the fastest there is."""

import pytest

from models.kit.errors import SettingsError
from vision.detectors import choose as choosing
from vision.detectors.choose import Runtime, choose
from vision.weights import WeightsRefused


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime", "opencv"])
def test_the_named_runtime_is_taken(runtime: Runtime) -> None:
    assert choose(runtime, "nanodet_g_person").name.startswith(runtime)


def test_auto_takes_the_fastest_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose("auto", "nanodet_g_person").name.startswith("openvino")
    without = dict(choosing.RUNTIMES)
    without["openvino"] = ("no_such_runtime", "Network")
    without["onnxruntime"] = ("no_such_runtime", "Network")
    monkeypatch.setattr(choosing, "RUNTIMES", without)
    assert choose("auto", "nanodet_g_person").name.startswith("opencv")


def test_a_runtime_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "RUNTIMES", {"openvino": ("no_such_runtime", "Network")})
    with pytest.raises(SettingsError, match="openvino not installed"):
        choose("openvino", "nanodet_g_person")


def test_unpinned_weights_are_refused() -> None:
    with pytest.raises(WeightsRefused):
        choose("auto", "something_else")
