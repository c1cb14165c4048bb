"""The demo's script: in order, only with scenes that exist, and nothing stays broken."""

from itertools import pairwise

from dashboard_api.cli.director import ROUND_S, script
from ingest.simulated.scenes import SCENES, STAFFED


def test_cues_are_in_order_and_within_the_round() -> None:
    times = [cue.at_s for cue in script(SCENES)]
    assert times == sorted(times)
    assert times[-1] < ROUND_S


def test_every_scene_shown_exists_and_ends_staffed() -> None:
    last: dict[str, str] = {}
    variants = {scene.name: scene.variants for scene in SCENES}
    for cue in script(SCENES):
        if cue.show is not None:
            name, variant = cue.show
            assert variant in variants[name]
            last[name] = variant
    assert set(last) == set(variants)
    assert set(last.values()) == {STAFFED}


def test_a_window_stays_empty_longer_than_its_alert_needs() -> None:
    from dashboard_api.cli.seed import UNSTAFFED_AFTER_S

    for scene in SCENES:
        shown = [(c.at_s, c.show[1]) for c in script(SCENES) if c.show and c.show[0] == scene.name]
        for (at_s, variant), (next_s, _next) in pairwise(shown):
            if variant.startswith("window-"):
                assert next_s - at_s > UNSTAFFED_AFTER_S + 15
