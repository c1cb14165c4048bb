"""Presence at a till that is staffed all the time, in a clip beside the project."""

import json
import shutil
import time
from pathlib import Path

import pytest

from vision import weights
from vision.detectors.choose import load_detector
from vision.evaluation import evaluate
from vision.report import as_table

CLIP = Path(__file__).parents[3] / "shared" / "footage" / "clips" / "checkout_cashier.mp4"
BEHIND = [[0.68, 0.28], [0.97, 0.28], [0.97, 0.7], [0.68, 0.7]]
SECONDS = 26


@pytest.mark.shared
def test_the_cashier_is_there_in_every_look(tmp_path: Path) -> None:
    if not CLIP.exists():
        pytest.skip("the clip is not beside the project")
    shutil.copyfile(CLIP, tmp_path / CLIP.name)
    looks = [{"at_s": second, "zones": {"till": 1}} for second in range(SECONDS)]
    till = {"name": "till", "kind": "operator", "polygon": BEHIND, "window": 1}
    (tmp_path / "sequence.json").write_text(
        json.dumps({"video": CLIP.name, "zones": [till], "looks": looks})
    )
    detector = load_detector("openvino", weights.packaged()["nanodet_g_person"], precision="f32")
    found = evaluate(detector, tmp_path, score=0.35, cpu_s=time.process_time)
    assert found.sequence is not None
    (presence,) = found.sequence.presence
    assert presence.told == (True,) * SECONDS
    assert (presence.score.precision, presence.score.recall) == (1.0, 1.0)
    assert "till" in as_table(found)
