import json
from pathlib import Path

import pytest

from ingest.recordings import gap_words
from ingest.recordings.facts import GAP_OF_STATE, GapReason
from models.observations import StreamState

ROOT = Path(__file__).resolve().parents[3]


def test_every_state_without_pictures_has_a_reason_and_every_reason_a_word() -> None:
    assert set(GAP_OF_STATE) == set(StreamState) - {StreamState.LIVE}
    assert set(gap_words._REASONS) == {str(reason) for reason in GapReason}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_timeline_has_a_word_for_every_reason(language: str) -> None:
    texts = json.loads((ROOT / f"web/src/i18n/{language}.json").read_text())
    assert {str(reason) for reason in GapReason} <= set(texts["gap"])
