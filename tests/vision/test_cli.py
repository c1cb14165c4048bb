"""./ahual weights, train and vision, as a person types them: what is said and the exit code."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.simulated.scenes import SCENES
from models.kit import log
from tests.vision.made_set import make_stills
from tests.vision.test_lifecycle import YOLO26
from vision.cli.look import vision_app
from vision.cli.weights import weights_app
from vision.site_weights import SiteWeights


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AHUAL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    # A command sets up the log of its own process; this one's stays with pytest.
    monkeypatch.setattr(log, "configure", lambda **_: None)
    (tmp_path / "n.onnx").write_bytes(YOLO26)
    return tmp_path


SHA256 = hashlib.sha256(YOLO26).hexdigest()
ADD = ["add", "ours", "n.onnx", "--sha256", SHA256, "--licence", "MIT", "--origin", "by hand"]


def weights(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(weights_app, list(arguments))
    return answer.exit_code, answer.output


def test_weights_are_added_listed_and_removed(here: Path) -> None:
    code, said = weights(*ADD, "--score", "0.4")
    assert (code, "end_to_end of 1 classes, 64x64" in said) == (0, True)
    code, said = weights("list")
    assert code == 0
    assert "→ nanodet_g_person" in said
    assert "  ours" in said
    said = weights("list", "--json")[1]
    rows = json.loads(said[said.index("[\n") :])
    assert [row["name"] for row in rows if row["used"]] == ["nanodet_g_person"]
    assert SiteWeights(here / "state").find("ours").weights.thresholds.score == 0.4
    assert weights("remove", "ours") == (0, "ours is gone\n")
    assert weights("remove", "ours")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "ours", "gone.onnx", *ADD[3:]], "gone.onnx cannot be read"),
        ([*ADD[:4], "0" * 64, *ADD[5:]], "ask where it came from"),
        ([*ADD, "--classes", "cat,dog"], "none is a person"),
        ([*ADD, "--size", "60x60"], "multiples of 32"),
        ([*ADD, "--size", "large"], "HEIGHTxWIDTH"),
        (["export", "nanodet_g_person"], "no .pt checkpoint"),
        (["evaluate", "nanodet_g_person", "nowhere"], "no folder nowhere"),
        (["promote", "nobody", "--on", "nowhere"], "are not pinned"),
        (["fetch", "ours", "ftp://x/n.onnx", "--sha256", SHA256, "--licence", "MIT"], "https://"),
    ],
    ids=["gone", "digest", "cats", "size", "words", "export", "no set", "unpinned", "ftp"],
)
def test_what_cannot_be_done_is_told_in_one_line(
    here: Path, arguments: list[str], told: str
) -> None:
    code, said = weights(*arguments)
    assert (code, told in said.replace("\n", " ")) == (2, True), said
    assert "Traceback" not in said


def test_a_set_is_evaluated_for_people_and_for_programs(here: Path) -> None:
    make_stills(here / "set", SCENES[:1])
    arguments = ["evaluate", "set", "--precision", "f32", "--svg", "plots.svg", "--json"]
    answer = CliRunner().invoke(vision_app, arguments)
    assert answer.exit_code == 0
    said = answer.output[answer.output.index("{\n") :]  # the log may come before
    (group,) = json.loads(said)["groups"]
    assert group["ap50"] >= 0.95
    assert (here / "plots.svg").read_text().startswith("<svg")
    gone = ["stills", "cam", "out", "--from", "2026-01-05T09:00:00", "--to", "2026-01-05T08:00:00"]
    answer = CliRunner().invoke(vision_app, [*gone, "--no-propose"])
    assert (answer.exit_code, "after the start" in answer.output) == (2, True)


def test_goals_ask_for_a_sequence(here: Path) -> None:
    answer = CliRunner().invoke(vision_app, ["goals", "nowhere"])
    assert (answer.exit_code, "there is no folder nowhere" in answer.output) == (2, True)
