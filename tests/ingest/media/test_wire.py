"""The wall's records survive the wire, and noise is named instead of read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.media import wire
from ingest.media.wire import Config, Flag, Kind, Record, WireError

times = st.floats(allow_nan=False)
records = st.builds(
    Record,
    tile=st.integers(0, 65535),
    kind=st.sampled_from(Kind),
    flags=st.sampled_from([Flag.NONE, Flag.KEY, Flag.CATCH_UP, Flag.KEY | Flag.CATCH_UP]),
    server_time_s=times,
    media_time_s=times,
    payload=st.binary(max_size=200),
)


@given(st.lists(records, max_size=20))
def test_a_batch_comes_back_as_it_was_packed(batch: list[Record]) -> None:
    assert list(wire.unpack(b"".join(wire.pack(record) for record in batch))) == batch


@given(st.lists(records, min_size=1, max_size=4), st.data())
def test_a_cut_message_is_an_error(batch: list[Record], data: st.DataObject) -> None:
    message = b"".join(wire.pack(record) for record in batch)
    last = len(wire.pack(batch[-1]))
    cut = data.draw(st.integers(1, last - 1))
    with pytest.raises(WireError):
        list(wire.unpack(message[:-cut]))


@given(st.binary(max_size=300))
def test_noise_gives_records_or_the_named_error(noise: bytes) -> None:
    try:
        found = list(wire.unpack(noise))
    except WireError:
        return
    assert sum(wire.HEAD_BYTES + len(record.payload) for record in found) == len(noise)


@given(
    st.builds(
        Config,
        codec=st.text(st.characters(codec="ascii"), max_size=255),
        width=st.integers(0, 65535),
        height=st.integers(0, 65535),
        avcc_config=st.binary(max_size=100),
    )
)
def test_a_config_comes_back(config: Config) -> None:
    assert wire.unpack_config(wire.pack_config(config)) == config


@given(st.binary(max_size=40))
def test_config_noise_is_a_config_or_the_named_error(noise: bytes) -> None:
    try:
        config = wire.unpack_config(noise)
    except WireError:
        return
    assert wire.pack_config(config) == noise


def test_a_notice_comes_back() -> None:
    notice: dict[str, object] = {"type": "state", "state": "stalled", "detail": "байланыс жоқ"}
    assert wire.unpack_notice(wire.pack_notice(notice)) == notice


@pytest.mark.parametrize("payload", [b"", b"\xff", b"{", b"[]", b"null", b"1"])
def test_what_is_not_a_notice(payload: bytes) -> None:
    with pytest.raises(WireError):
        wire.unpack_notice(payload)
