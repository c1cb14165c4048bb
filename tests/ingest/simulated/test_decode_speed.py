"""The measured decoders read every position that they are given."""

import pytest

from ingest.simulated.decode_speed import SENDERS, decode


@pytest.mark.parametrize("protocol", SENDERS)
def test_every_position_is_read(protocol: str) -> None:
    read, seconds = decode(protocol, 250)
    assert read == 250
    assert seconds >= 0
