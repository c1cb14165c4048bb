"""Cursors: what comes back is what was given, and nothing else is accepted."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from dashboard_api import pages
from models.alert import Alert
from models.kit.errors import InvalidInput
from models.office import Office


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_cursor_returns_what_it_was_made_of(at: datetime, identifier: UUID) -> None:
    keys = [Alert.raised_at, Alert.id]
    assert pages.decode(pages.encode([at, identifier]), keys) == [at, identifier]


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.hex())))
def test_any_cursor_text_is_refused_or_read(text: str) -> None:
    for keys in ([Alert.raised_at, Alert.id], [Office.code]):
        with suppress(InvalidInput):
            values: list[Any] = pages.decode(text, keys)
            assert len(values) == len(keys)
