"""The drawn hall as a set: what is true stands beside each picture."""

import json
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

from ingest.simulated.hour import MovingHall, write_set
from ingest.simulated.scenes import SCENES


def test_a_look_shows_whom_its_truth_names() -> None:
    hall, again = (MovingHall(SCENES[1], 5, 600, per_hour=400) for _ in range(2))
    for second in range(120):
        hall.visitors.step(second)
        again.visitors.step(second)
    picture, truth = hall.look(120)
    same, _ = again.look(120)
    assert np.array_equal(picture, same)
    assert picture.shape == (360, 640, 3)
    people = truth["people"]
    clerks = {10_000 + n for n in (1, 2, 3) if truth["zones"][f"window-{n}"]}
    assert {number for number in people if number > 10_000} == clerks
    assert clerks
    assert len(people) > 4
    for left, top, right, bottom in people.values():
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 360
    assert truth["zones"]["queue"] >= 1
    assert {zone["name"] for zone in hall.zones()} >= {"queue", "window-1", "spot-3"}


def test_a_set_is_a_film_with_blind_spans(tmp_path: Path) -> None:
    write_set(tmp_path, SCENES[0], 1, 12)
    sequence = json.loads((tmp_path / "sequence.json").read_text())
    blind = {
        place: look["blind"] for place, look in enumerate(sequence["looks"]) if "blind" in look
    }
    assert blind == {3: "frozen", 5: "covered", 7: "dark", 9: "defocused", 11: "moved"}
    assert all(("people" in look) is ("blind" not in look) for look in sequence["looks"])
    with av.open(str(tmp_path / "hall.mp4")) as container:
        shown = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(shown) == 12
    differs = [np.abs(a.astype(int) - b.astype(int)) for a, b in pairwise(shown)]
    assert differs[2].max() < 30 < differs[0].max()
    assert shown[5].std() < 0.5 * shown[4].std()
    assert shown[7].mean() < 0.1 * shown[6].mean()
    assert differs[8].mean() < differs[10].mean()
