"""What the vision bench says of what it measured."""

import pytest

from dashboard_api.cli.bench.report import as_json
from dashboard_api.cli.bench.vision import QUICK, rows
from dashboard_api.cli.bench.vision_run import Cost


def cost(look_ms: float) -> Cost:
    return Cost(
        cameras=8,
        node_ms=2.0,
        look_ms=look_ms,
        detect_ms=9.0,
        looks=100,
        judged=1.0,
        rate=1.0,
        lost=0,
        rss_mb=300.0,
        late_ms_p95=280.0,
        told=4,
        stages_ms={"decode": 1.5, "detect": look_ms / 2},
    )


def test_stages_add_up_and_the_floor_is_told_beside_the_goal() -> None:
    naive = {"cpu_s": 2.0, "seconds": 4.0, "pictures": 40.0}
    floors = {"openvino": {"used": 16.0, "not_8_bit": 30.0}}
    found = {
        row.metric: row for row in rows(QUICK, [cost(18.0), cost(48.0)], cost(6.0), naive, floors)
    }
    assert found["cameras_per_core_openvino"].value == pytest.approx(50)
    assert found["cameras_per_core_openvino"].met is False
    assert found["cameras_per_core_openvino"].ratio == pytest.approx(25)
    assert found["cameras_per_core_still"].met is True
    busy = [row.value or 0 for name, row in found.items() if name.startswith("busy_")]
    assert sum(busy) == pytest.approx(20)
    assert "62 looks" in found["floor_ms_openvino"].note
    assert "30.0 ms without" in found["floor_ms_openvino"].note
    assert '"busy_detect_ms"' in as_json("vision", list(found.values()))
