"""A media ticket opens exactly what was signed, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.media import tickets
from ingest.media.tickets import Ticket
from models.kit.errors import Forbidden, InvalidInput, Unauthenticated

KEY = b"k" * 32
NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
HALL = UUID("0195a000-0000-7000-8000-000000000001")
YARD = UUID("0195a000-0000-7000-8000-000000000002")
LIVE = Ticket(
    user="aigerim",
    session="s-1",
    camera=HALL,
    purpose="live",
    starts_at=None,
    ends_at=None,
    expires_at=NOON + timedelta(seconds=60),
)

FLOOR = NOON.replace(tzinfo=None, year=2000)
instants = st.datetimes(FLOOR, FLOOR.replace(year=2100), timezones=st.just(UTC))
any_ticket = st.builds(
    Ticket,
    user=st.text(max_size=40),
    session=st.text(max_size=40),
    camera=st.none() | st.uuids(),
    purpose=st.sampled_from(["live", "replay", "clip", "segment", "talk"]),
    starts_at=st.none() | instants,
    ends_at=st.none() | instants,
    expires_at=instants,
    reason=st.text(max_size=80),
    clip=st.none() | st.uuids(),
    session_ends_at=st.none() | instants,
)


@given(any_ticket)
def test_what_is_signed_comes_back(ticket: Ticket) -> None:
    just_before = ticket.expires_at + tickets.SKEW - timedelta(microseconds=1)
    assert tickets.verify(tickets.sign(ticket, KEY), KEY, just_before) == ticket


@given(any_ticket)
def test_a_ticket_ends_a_few_seconds_after_its_instant(ticket: Ticket) -> None:
    with pytest.raises(Unauthenticated, match="expired"):
        tickets.verify(tickets.sign(ticket, KEY), KEY, ticket.expires_at + tickets.SKEW)


@given(st.data())
def test_no_changed_character_passes(data: st.DataObject) -> None:
    text = tickets.sign(LIVE, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8"))
    assume(other != text[place])
    with pytest.raises(Unauthenticated):
        tickets.verify(text[:place] + other + text[place + 1 :], KEY, NOON)


@given(st.text(max_size=300))
def test_noise_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        tickets.verify(text, KEY, NOON)


def test_another_installation_cannot_sign() -> None:
    with pytest.raises(Unauthenticated, match="not signed by this installation"):
        tickets.verify(tickets.sign(LIVE, b"x" * 32), KEY, NOON)


@pytest.mark.parametrize(
    ("payload", "case"),
    [
        ("e30", "an empty object"),
        ("W10", "a list"),
        ("bm9pc2U", "not JSON"),
        ("_", "not base64"),
    ],
)
def test_signed_nonsense_is_refused(payload: str, case: str) -> None:
    signed = f"{payload}.{tickets._encode(tickets._mac(payload, KEY))}"
    with pytest.raises(Unauthenticated):
        tickets.verify(signed, KEY, NOON)


@pytest.mark.parametrize(
    ("ticket", "refusal"),
    [
        (LIVE, None),
        (replace(LIVE, camera=YARD), "not for camera"),
        (replace(LIVE, camera=None), "not for camera"),  # no camera is never every camera
        (replace(LIVE, purpose="clip"), "is for clip"),
    ],
)
def test_a_ticket_is_for_one_camera_and_purpose(ticket: Ticket, refusal: str | None) -> None:
    if refusal is None:
        tickets.require_camera(ticket, HALL, "live")
    else:
        with pytest.raises(Forbidden, match=refusal):
            tickets.require_camera(ticket, HALL, "live")


def test_a_clip_ticket_is_for_one_clip() -> None:
    ticket = replace(LIVE, purpose="clip", camera=None, clip=HALL)
    tickets.require_clip(ticket, HALL)
    with pytest.raises(Forbidden):
        tickets.require_clip(ticket, YARD)
    with pytest.raises(Forbidden):
        tickets.require_clip(LIVE, HALL)


@pytest.mark.parametrize(
    ("from_min", "to_min", "allowed"),
    [(0, 10, True), (2, 5, True), (-1, 5, False), (5, 11, False), (-5, -1, False)],
)
def test_a_ticket_opens_only_its_interval(from_min: int, to_min: int, allowed: bool) -> None:
    ticket = replace(LIVE, starts_at=NOON, ends_at=NOON + timedelta(minutes=10))
    start, end = NOON + timedelta(minutes=from_min), NOON + timedelta(minutes=to_min)
    if allowed:
        tickets.require_interval(ticket, start, end)
    else:
        with pytest.raises(Forbidden, match="opens 2026"):
            tickets.require_interval(ticket, start, end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-19T07:00:00Z", NOON),
        ("2026-03-19T12:00:00+05:00", NOON),
        (str(NOON.timestamp()), NOON),
        ("2026-03-19T07:00:00", None),  # whose seven o'clock?
        ("yesterday", None),
        ("nan", None),
        ("1e300", None),
        ("9999-12-31T23:59:59-14:00", None),  # no calendar has it in UTC
        ("0001-01-01T00:00:00+14:00", None),
        ("", None),
    ],
)
def test_instants_of_a_query(text: str, expected: datetime | None) -> None:
    if expected is None:
        with pytest.raises(InvalidInput, match="from"):
            tickets.parse_instant(text, "from")
    else:
        assert tickets.parse_instant(text, "from") == expected
