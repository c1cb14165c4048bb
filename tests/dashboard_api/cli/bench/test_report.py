"""The object that every bench prints."""

import json

import pytest

from dashboard_api.cli.bench.report import Goal, Row, as_json, as_table, percentile


@pytest.mark.parametrize(
    ("row", "met", "ratio"),
    [
        (Row("a", 0.5, "ms", 1.0), True, None),
        (Row("a", 1.5, "ms", 1.0, peer="ffmpeg", peer_value=3.0), False, 0.5),
        (Row("a", 50.0, "x", 50.0, Goal.AT_LEAST), True, None),
        (Row("a", 49.0, "x", 50.0, Goal.AT_LEAST), False, None),
        (Row("a", None, "x", 50.0, peer="ffmpeg", peer_value=3.0), None, None),
        (Row("a", 1.0, "x"), None, None),
        (Row("a", 1.0, "x", peer="nobody", peer_value=0.0), None, None),
    ],
)
def test_a_row_says_whether_its_goal_is_met(
    row: Row, met: bool | None, ratio: float | None
) -> None:
    assert (row.met, row.ratio) == (met, ratio)
    said = json.loads(as_json("record", [row]))
    assert set(said) == {"bench", "machine", "rows"}
    assert {"metric", "value", "unit", "goal", "met", "peer", "peer_value", "ratio"} <= set(
        said["rows"][0]
    )
    assert said["rows"][0]["met"] == met


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (Row("a", 0.5, "ms", 1.0, floor=0.2), "met"),
        (Row("a", 1.5, "ms", 1.0), "missed"),
        (Row("a", 1.5, "ms", 1.0, floor=0.9), "missed"),
        (Row("a", 1.5, "ms", 1.0, floor=1.1), "missed, and so does the floor"),
        (Row("a", 40.0, "x", 50.0, Goal.AT_LEAST, floor=45.0), "missed, and so does the floor"),
        (Row("a", None, "ms", 1.0, floor=1.1), "not measured"),
        (Row("a", 1.5, "ms"), "no goal"),
    ],
)
def test_a_goal_below_the_floor_is_still_missed(row: Row, verdict: str) -> None:
    said = json.loads(as_json("live", [row]))["rows"][0]
    assert (said["verdict"], said["floor"]) == (verdict, row.floor)
    assert ("MISSED" in as_table("live", [row])) == (row.met is False)


def test_the_table_marks_what_was_missed() -> None:
    table = as_table("record", [Row("cpu", 2.0, "ms", 1.0, note="32 cameras"), Row("b", None, "s")])
    assert "MISSED" in table
    assert "not measured" in table
    assert "32 cameras" in table


def test_percentiles_are_values_that_were_seen() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51
    assert percentile(values, 0.95) == 96
    assert percentile([7.0], 0.99) == 7
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)
