"""Places of messages: counted up, and never beyond what the database can hold."""

import pytest

from ingest.gps.contact import Contact
from ingest.gps.decoders.table import Transport


@pytest.mark.parametrize(
    ("transport", "longest", "first"),
    [("http", 100_000, 0), ("tcp", 2_000_000_000, 1), ("udp", 2_000_000_000, 1)],
    ids=["http", "tcp", "udp"],
)
def test_numbers_begin_anew_before_they_are_too_large(
    transport: Transport, longest: int, first: int
) -> None:
    contact = Contact(transport)
    assert [contact.next().number for _ in range(3)] == [0, 1, 2]
    contact.heard = longest - 1
    last, next_one = contact.next(), contact.next()
    assert (last.number, next_one.number) == (longest - 1, first)
    assert last.session_id != next_one.session_id
