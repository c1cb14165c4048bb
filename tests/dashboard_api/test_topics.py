"""Which change is heard by whom."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard_api.sessions import Caller
from dashboard_api.topics import Places, heard
from models.kit.bus import Notice
from models.kit.ids import new_id
from models.observations import RoleName
from tests.builders import NOON

NORTH, SOUTH = new_id(), new_id()
PLACES = Places({"office-n": NORTH, "office-s": SOUTH, "cam-n": NORTH, "van-n": NORTH})


def a_caller(role: RoleName = RoleName.OPERATOR, *, regional: bool = False) -> Caller:
    return Caller(
        session_id=new_id(),
        operator_id=new_id(),
        login="x",
        full_name="x",
        role=role,
        language="kk",
        region_id=NORTH if regional else None,
        expires_at=NOON + timedelta(hours=1),
    )


def a_notice(topic: str, data: dict[str, Any], subject: str = "x") -> Notice:
    return Notice(1, NOON, topic, subject, data)


@pytest.mark.parametrize(
    ("topic", "roles"),
    [
        ("observation", "operator dispatcher auditor supervisor"),
        ("stream", "operator dispatcher auditor supervisor admin"),
        ("alert", "operator auditor supervisor"),
        ("complaint", "operator auditor supervisor"),
        ("clip", "operator auditor supervisor"),
        ("position", "operator dispatcher auditor supervisor"),
        ("trip", "operator dispatcher auditor supervisor"),
        ("plan", "operator dispatcher auditor supervisor"),
        ("config", "operator auditor supervisor admin"),
        ("turn", "operator supervisor"),
        ("session", ""),
        ("unknown", ""),
    ],
)
def test_topic_is_heard_by(topic: str, roles: str) -> None:
    notice = a_notice(topic, {})
    hearing = {role for role in RoleName if heard(a_caller(role), notice, PLACES) is not None}
    assert hearing == set(roles.split())


@pytest.mark.parametrize(
    ("data", "subject", "audible"),
    [
        ({"office": {"id": "office-n"}}, "x", True),
        ({"office": None, "vehicle_id": None, "complaint_id": None}, "x", True),  # the centre's own
        ({"office": {"id": "office-s"}}, "x", False),
        ({"office_id": "office-n"}, "x", True),
        ({"camera_id": "cam-n"}, "x", True),
        ({"office": None, "vehicle_id": "van-n"}, "x", True),
        ({}, "cam-n", True),
        ({}, "x", False),
        ({"office": "text"}, "x", False),
    ],
)
def test_region_is_found_in_whatever_names_it(
    data: dict[str, Any], subject: str, *, audible: bool
) -> None:
    told = heard(a_caller(regional=True), a_notice("alert", data, subject), PLACES)
    assert (told is not None) is audible


def test_positions_are_cut_to_the_region() -> None:
    notice = a_notice("position", {"positions": [{"vehicle_id": "van-n"}, {"vehicle_id": "v"}]})
    near = heard(a_caller(regional=True), notice, PLACES)
    assert near == {"positions": [{"vehicle_id": "van-n"}]}
    assert heard(a_caller(), notice, PLACES) == notice.data
