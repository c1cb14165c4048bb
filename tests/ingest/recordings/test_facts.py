from ingest.media import stored
from ingest.recordings.facts import GAP_OF_STATE, GapReason
from models.observations import StreamState


def test_every_state_without_pictures_has_a_reason_and_every_reason_a_word() -> None:
    assert set(GAP_OF_STATE) == set(StreamState) - {StreamState.LIVE}
    assert set(stored._REASONS) == {str(reason) for reason in GapReason}
