from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.facts import Reading, StreamReading, ToldSight
from alerts.notices import (
    TOPICS,
    AlertDismissed,
    CameraNoticed,
    ComplaintChanged,
    LayoutChanged,
    Message,
    StreamHeard,
    ZoneSeen,
    read,
)
from models.kit.bus import Notice
from models.observations import NoticeKind, StreamKind, StreamState, ZoneState
from tests.builders import NOON

ID = UUID(int=7)
SEEN = {"zone_id": str(ID), "state": "occupied", "people": 2, "since": NOON.isoformat()}
HEARD = {"camera_id": str(ID), "kind": "sub", "state": "down", "since": NOON.isoformat()}
NOTICED = {
    "camera_id": str(ID),
    "kind": "tamper",
    "source": "vs0",
    "active": True,
    "since": NOON.isoformat(),
}
ALERT = {"rule": "r", "subject": "s", "state": "resolved", "cleared_at": None}


def a_notice(topic: str, data: dict[str, Any]) -> Notice:
    return Notice(1, NOON, topic, str(ID), data)


@pytest.mark.parametrize(
    ("topic", "data", "message"),
    [
        ("observation", SEEN, ZoneSeen(ID, Reading(ZoneState.OCCUPIED, 2, NOON))),
        (
            "observation",
            SEEN | {"state": "unknown", "people": None, "since": "2026-03-19T07:01:00Z"},
            ZoneSeen(ID, Reading(ZoneState.UNKNOWN, None, NOON + timedelta(minutes=1))),
        ),
        ("stream", HEARD, StreamHeard(ID, StreamKind.SUB, StreamReading(StreamState.DOWN, NOON))),
        (
            "camera_notice",
            NOTICED,
            CameraNoticed(ID, NoticeKind.TAMPER, ToldSight("covered", NOON, "vs0")),
        ),
        (
            "camera_notice",
            NOTICED | {"active": False},
            CameraNoticed(ID, NoticeKind.TAMPER, ToldSight(None, NOON, "vs0")),
        ),
        (
            "camera_notice",
            NOTICED | {"kind": "motion"},
            CameraNoticed(ID, NoticeKind.MOTION, ToldSight(None, NOON, "vs0")),
        ),
        ("complaint", {}, ComplaintChanged(ID)),
        ("config", {}, LayoutChanged()),
        ("alert", ALERT, AlertDismissed("r", "s")),
        ("alert", ALERT | {"state": "open"}, None),
        ("alert", ALERT | {"cleared_at": NOON.isoformat()}, None),  # it ended by itself
        ("position", {}, None),
    ],
)
def test_what_a_notice_says(topic: str, data: dict[str, Any], message: Message | None) -> None:
    assert read(a_notice(topic, data)) == message


@pytest.mark.parametrize(
    ("topic", "data"),
    [
        ("observation", {}),
        ("observation", SEEN | {"zone_id": "zone"}),
        ("observation", SEEN | {"zone_id": None}),
        ("observation", SEEN | {"people": None}),
        ("observation", SEEN | {"people": "2"}),
        ("observation", SEEN | {"people": True}),
        ("observation", SEEN | {"people": -1}),
        ("observation", SEEN | {"state": "unknown"}),
        ("observation", SEEN | {"since": "yesterday"}),
        ("observation", SEEN | {"since": "2026-03-19T07:00:00"}),
        ("observation", SEEN | {"since": 7}),
        ("stream", HEARD | {"kind": "third"}),
        ("stream", HEARD | {"state": "sleepy"}),
        ("alert", {}),
    ],
)
def test_garbage_is_named(topic: str, data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(a_notice(topic, data))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(st.sampled_from(TOPICS), st.dictionaries(st.sampled_from([*SEEN, *HEARD, *ALERT]), JSON))
def test_anything_else_is_a_value_error(topic: str, data: dict[str, Any]) -> None:
    try:
        read(a_notice(topic, data))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - reading well is as good an answer
