"""Phones over HTTP: taken when stored, told what is wrong, never stopped by bad data."""

import json

import httpx
import pytest

from ingest.gps import metrics
from ingest.simulated import encoders
from tests.ingest.gps.receivers.served import Receivers, fix_at

pytestmark = pytest.mark.postgis


async def test_a_phone_is_answered_200_when_its_position_is_stored(
    receivers: Receivers, phone: httpx.AsyncClient
) -> None:
    query = encoders.osmand_query(fix_at(0))
    for _ in range(3):
        assert (await phone.get(f"{receivers.osmand}?{query}")).status_code == 200
    assert await receivers.positions() == 1
    posted = await phone.post(receivers.osmand, json=encoders.osmand_json(fix_at(5)))
    assert posted.status_code == 200
    form = dict(pair.split("=") for pair in encoders.osmand_query(fix_at(10)).split("&"))
    assert (await phone.post(receivers.osmand, data=form)).status_code == 200
    assert await receivers.positions() == 3
    assert len(await receivers.rows("SELECT 1 FROM last_position")) == 1


async def test_a_phone_is_told_what_is_wrong(
    receivers: Receivers, phone: httpx.AsyncClient
) -> None:
    for query, body, status in (
        ("id=nobody&lat=43&lon=76", b"", 404),
        ("id=locked&lat=43&lon=76", b"", 403),
        ("", b"{not json", 400),
        ("", b"", 400),
        ("", b"x" * 300_000, 413),
    ):
        answer = await phone.post(f"{receivers.osmand}?{query}", content=body)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["detail"].endswith(".")
    raw = await receivers.rows("SELECT device, payload, rejection FROM raw_message ORDER BY number")
    assert [row[2].partition(":")[0] for row in raw] == [
        "unknown_device", "wrong_password", "malformed", "no_device",
    ]  # fmt: skip
    assert raw[0][1] == b"id=nobody&lat=43&lon=76"
    assert await receivers.positions() == 0


async def test_what_nobody_can_read_does_not_stop_a_known_phone(
    receivers: Receivers, phone: httpx.AsyncClient
) -> None:
    place = {"coords": {"latitude": "north", "longitude": 76.9}}
    beyond = {"coords": {"latitude": 43.2, "longitude": 76.9}, "timestamp": "yesterday"}
    counted = metrics.REJECTIONS.labels("osmand", "bad_coordinates")
    before = counted._value.get()
    for query, body, reasons in (
        ("", {"device_id": "van-1", "location": [place, beyond]}, ["bad_coordinates", "bad_time"]),
        ("", {"device_id": "van-1"}, ["no_position"]),
        ("id=van-1&lat=north&lon=1", None, ["bad_coordinates"]),
    ):
        sent = b"" if body is None else json.dumps(body).encode()
        answer = await phone.post(f"{receivers.osmand}?{query}", content=sent)
        assert answer.status_code == 200
        assert [one["reason"] for one in answer.json()["rejected"]] == reasons
        assert all(one["detail"].endswith(".") for one in answer.json()["rejected"])
    assert counted._value.get() == before + 2
    raw = await receivers.rows("SELECT device, payload, rejection FROM raw_message ORDER BY number")
    assert [row[2].partition(":")[0] for row in raw] == [
        "bad_coordinates", "no_position", "bad_coordinates",
    ]  # fmt: skip
    assert raw[2][:2] == ("van-1", b"id=van-1&lat=north&lon=1")
    assert await receivers.positions() == 0
