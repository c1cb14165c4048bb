"""The whole chain measured on sets of the simulated hall, told as table, JSON, SVG and card."""

import json
import re
import time
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from models.kit.errors import InvalidInput
from tests.vision.made_set import make_sequence, make_stills
from vision import weights
from vision.detector import Detector
from vision.detectors.choose import load_detector
from vision.evaluation import Evaluation, evaluate
from vision.plots import as_svg
from vision.report import as_json, as_table, card, card_markdown

PINNED = weights.packaged()["nanodet_g_person"]


@cache
def detector() -> Detector:
    return load_detector("openvino", PINNED, precision="f32")


def measured(folder: Path) -> Evaluation:
    return evaluate(detector(), folder, score=0.35, cpu_s=time.process_time)


@pytest.fixture(scope="module")
def stills(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return measured(make_stills(tmp_path_factory.mktemp("stills")))


@pytest.fixture(scope="module")
def sequence(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return measured(make_sequence(tmp_path_factory.mktemp("sequence")))


def test_the_default_sees_the_simulated_halls(stills: Evaluation) -> None:
    whole = stills.whole
    assert whole is not None
    assert whole.count is not None
    assert whole.ap50 >= 0.95
    assert whole.count.mae <= 0.5
    assert stills.cpu_ms > 0
    assert [group.name for group in stills.groups][-1] == "all"
    assert stills.sequence is None


def test_a_sequence_tells_counts_presence_and_identities(sequence: Evaluation) -> None:
    told = sequence.sequence
    assert told is not None
    assert sequence.groups == ()
    assert told.looks == 15
    (queue,) = told.counts
    assert queue.error.mae <= 0.2
    recalls = {each.name: each.score.recall for each in told.presence}
    assert recalls == pytest.approx({f"window-{n}": 1.0 for n in (1, 2, 3, 4)}, abs=0.01)
    third = next(each for each in told.presence if each.name == "window-3")
    # It is told after 10 s without anybody; until then the last word holds.
    assert third.told[:12] == (True,) * 12
    assert third.told[-2:] == (False,) * 2
    assert told.idf1 is not None
    assert told.idf1 >= 0.95
    assert told.wait is None


def test_figures_are_told_to_people_and_to_programs(
    stills: Evaluation, sequence: Evaluation
) -> None:
    for found in (stills, sequence):
        table = as_table(found)
        assert not re.search(r"\bnan\b", table)
        root = ElementTree.fromstring(as_svg(found))
        assert root.tag.endswith("svg")
        assert json.loads(json.dumps(as_json(found), allow_nan=False))["score"] == 0.35
    assert "count_mae" in as_table(stills)
    assert "window-3" in as_table(sequence)
    assert "mean wait told – s, true – s" in as_table(sequence)


def test_a_card_tells_what_weights_are_and_how_good(stills: Evaluation) -> None:
    made = card(PINNED, stills, "2026-11-22", {"base": "b", "stills": 40, "epochs": 2})
    text = card_markdown(made)
    assert made["sha256"] in text
    assert "Trained here" in text
    assert f"| all | {len(stills.groups[0].counts) * (len(stills.groups) - 1)} |" in text
    assert made["evaluation"]["groups"][-1]["ap50"] >= 0.95


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no folder"):
        measured(tmp_path / "nowhere")
    with pytest.raises(InvalidInput, match="images/ and labels/"):
        measured(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read"),
        ('{"looks": []}', "looks"),
        ('{"looks": [{"at_s": 1, "picture": "a.jpg"}, {"at_s": 1, "picture": "b.jpg"}]}', "order"),
        ('{"looks": [{"at_s": 1}]}', "names its picture"),
        ('{"looks": [{"at_s": 1, "picture": "../a.jpg"}]}', "outside"),
        ('{"looks": [{"at_s": 1, "picture": "a.jpg"}]}', r"a\.jpg cannot be read"),
        ('{"video": "a.mp4", "looks": [{"at_s": 1}]}', r"a\.mp4 cannot be read"),
        ('{"video": "a.mp4", "looks": [{"at_s": 1, "zones": {"q": 1}}]}', "which is no zone"),
    ],
    ids=["cut", "none", "twice", "no picture", "outside", "gone", "no video", "no zone"],
)
def test_a_sequence_that_cannot_be_meant_is_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "sequence.json").write_text(text)
    with pytest.raises(InvalidInput, match=told):
        measured(tmp_path)
