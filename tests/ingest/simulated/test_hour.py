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
    assert {number for number in people if number > 10_000} == {10_001, 10_002, 10_003}
    assert len(people) > 4
    for left, top, right, bottom in people.values():
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 360
    assert truth["zones"]["queue"] >= 1
    assert {zone["name"] for zone in hall.zones()} >= {"queue", "window-1", "spot-3"}


def test_a_set_is_a_film_with_blind_spans(tmp_path: Path) -> None:
    write_set(tmp_path, SCENES[0], 1, 12)
    sequence = json.loads((tmp_path / "sequence.json").read_text())
    blind = [look.get("blind") for look in sequence["looks"]]
    assert blind == [None] * 5 + ["frozen"] * 7
    assert all(("people" in look) is ("blind" not in look) for look in sequence["looks"])
    with av.open(str(tmp_path / "hall.mp4")) as container:
        shown = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(shown) == 12
    moved = [float(np.abs(a.astype(int) - b.astype(int)).max()) for a, b in pairwise(shown)]
    assert min(moved[:4]) > 30
    assert max(moved[4:]) < 30
