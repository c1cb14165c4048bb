"""The default in 8-bit numbers finds the same people."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.kit.errors import InvalidInput
from tests.vision import pictures
from vision.detectors.choose import load_detector
from vision.overlap import iou
from vision.quantise import FEWEST_STILLS, quantise
from vision.site_weights import SiteWeights


def a_set(folder: Path, stills: int) -> Path:
    """So many stills of one hall; labels do not matter here."""
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    for n in range(stills):
        assert cv2.imwrite(str(folder / "images" / f"{n}.png"), pictures.hall("long-queue", n))
        (folder / "labels" / f"{n}.txt").touch()
    return folder


def test_the_default_in_eight_bits_finds_the_same_people(tmp_path: Path) -> None:
    site = SiteWeights(tmp_path / "state")
    pinned = quantise(site, "nanodet_g_person", "small", a_set(tmp_path / "set", FEWEST_STILLS))
    assert (pinned.weights.form, pinned.weights.decoder) == ("openvino", "nanodet")
    assert "8-bit" in pinned.weights.origin
    assert b"FakeQuantize" in pinned.content().main
    known = load_detector("openvino", site.find("nanodet_g_person"), precision="f32")
    small = load_detector("openvino", site.find("small"), precision="f32")
    picture = pictures.hall("long-queue", 50)
    people, found = known.detect(picture), small.detect(picture)
    assert len(found) == len(people) > 8
    assert all(iou(box, found.boxes).max() > 0.8 for box in people.boxes)
    assert np.abs(np.sort(found.scores) - np.sort(people.scores)).max() < 0.15


def test_too_few_stills_say_nothing_of_ranges(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at least 8"):
        quantise(SiteWeights(tmp_path), "nanodet_g_person", "small", a_set(tmp_path / "set", 2))
