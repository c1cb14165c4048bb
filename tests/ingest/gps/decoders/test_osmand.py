"""OsmAnd HTTP: query, form, JSON; units, times, garbage."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.gps.decoders.message import RejectionReason
from ingest.gps.decoders.osmand import OsmandSession, decode, feed
from ingest.simulated import encoders
from models.observations import PositionFix

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "fixed_at", "latitude", "longitude"),
    [
        ("id=1&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0",
         datetime(2016, 1, 27, 18, 55, 47, tzinfo=UTC), 42.06288, -88.23412),
        ("id=1&lat=42.06288&lon=-88.23412&timestamp=1442068686579",
         datetime(2015, 9, 12, 14, 38, 6, 579000, tzinfo=UTC), 42.06288, -88.23412),
        ("lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&id=353861053849681",
         datetime(2014, 6, 4, 9, 10, 11, tzinfo=UTC), 49.60688, 6.15788),
        ("id=1&timestamp=1377177267&lat=60.0&lon=30.0",
         datetime(2013, 8, 22, 13, 14, 27, tzinfo=UTC), 60.0, 30.0),
        ("lat=60.0&lon=30.0&heading=0.0&vacc=0&hacc=0&altitude=0&deviceid=1", NOW, 60.0, 30.0),
        ("id=1&timestamp=1377177267&location=60.0,30.0",
         datetime(2013, 8, 22, 13, 14, 27, tzinfo=UTC), 60.0, 30.0),
        ("id=1&lat=41.666667&lon=-0.883333&altitude=nonsense&batt=87", NOW, 41.666667, -0.883333),
    ],
)  # fmt: skip
def test_queries_of_real_clients(
    query: str, fixed_at: datetime, latitude: float, longitude: float
) -> None:
    message = decode(query, b"", "", NOW)
    assert message.rejections == ()
    (fix,) = message.fixes
    assert abs(fix.fixed_at - fixed_at) < timedelta(milliseconds=1)
    assert (fix.latitude, fix.longitude) == (latitude, longitude)


def test_query_speed_is_knots_and_json_speed_is_metres_a_second() -> None:
    query = decode("id=1&lat=60&lon=30&speed=40&bearing=7.2&valid=false", b"", "", NOW).fixes[0]
    assert query.speed_km_h == pytest.approx(74.08)
    assert (query.course_deg, query.valid) == (7.2, False)
    body = json.dumps(
        {
            "location": {
                "timestamp": "2021-07-21T08:06:34.444Z",
                "coords": {
                    "latitude": -6.1148096,
                    "longitude": 106.6837015,
                    "accuracy": 3.8,
                    "speed": 18.67,
                    "heading": 63,
                    "altitude": 35.7,
                },
                "battery": {"is_charging": False, "level": 0.79},
            },
            "device_id": "8737767034",
        }
    ).encode()
    message = decode("", body, "application/json", NOW)
    assert message.device == "8737767034"
    (fix,) = message.fixes
    assert fix.speed_km_h == pytest.approx(67.212)
    assert fix.battery_percent == pytest.approx(79)
    assert (fix.accuracy_m, fix.course_deg, fix.altitude_m) == (3.8, 63, 35.7)
    assert fix.fixed_at == datetime(2021, 7, 21, 8, 6, 34, 444000, tzinfo=UTC)


def test_minus_one_in_json_means_unknown() -> None:
    body = (
        b'{"location":{"coords":{"speed":-1,"longitude":-122.406417,"heading":-1,"latitude":37.78,'
        b'"accuracy":-1},"timestamp":"2025-05-09T04:11:30.579Z"},"device_id":658765}'
    )
    fix = decode("", body, "application/json", NOW).fixes[0]
    assert (fix.device, fix.speed_km_h, fix.course_deg, fix.accuracy_m) == (
        "658765", None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("location", "ignition", "battery_percent", "power_v"),
    [
        ({"extras": {"ignition": True, "power": 12.4}, "battery": {"level": 1}}, True, 100, 12.4),
        (
            {"extras": {"ignition": "off", "power": "none"}, "battery": {"level": -1}},
            False,
            None,
            None,
        ),
        ({"ignition": 1, "extras": [], "battery": 0.5}, True, 50, None),
        ({"ignition": {}, "extras": {"power": -3}, "battery": {"level": 1.2}}, None, 100, None),
        ({}, None, None, None),
    ],
    ids=["extras", "words", "beside them", "nonsense", "nothing"],
)
def test_what_a_phone_knows_of_its_van_and_itself(
    location: dict[str, object],
    ignition: bool | None,
    battery_percent: float | None,
    power_v: float | None,
) -> None:
    coords = {"coords": {"latitude": 43.2, "longitude": 76.9}}
    body = json.dumps({"device_id": "1", "location": coords | location}).encode()
    (fix,) = decode("", body, "application/json", NOW).fixes
    assert (fix.ignition, fix.battery_percent, fix.external_power_v) == (
        ignition,
        battery_percent,
        power_v,
    )


def test_a_form_is_read_like_a_query() -> None:
    message = decode("", b"id=1&lat=60&lon=30", "application/x-www-form-urlencoded", NOW)
    assert len(message.fixes) == 1


@pytest.mark.parametrize(
    ("query", "body", "reason"),
    [
        ("timestamp=1377177267&lat=60.0&lon=30.0", b"", RejectionReason.NO_DEVICE),
        ("id=" + "9" * 65 + "&lat=60.0&lon=30.0", b"", RejectionReason.NO_DEVICE),
        ("id=%00&lat=60.0&lon=30.0", b"", RejectionReason.NO_DEVICE),
        ("id=1&timestamp=1377177267&cell=257,02,16,2224", b"", RejectionReason.NO_POSITION),
        ("id=1&lat=north&lon=30", b"", RejectionReason.BAD_COORDINATES),
        ("id=1&lat=nan&lon=30", b"", RejectionReason.BAD_COORDINATES),
        ("id=1&lat=91&lon=30", b"", RejectionReason.BAD_COORDINATES),
        ("id=1&lat=60&lon=30&timestamp=yesterday", b"", RejectionReason.BAD_TIME),
        ("id=1&lat=60&lon=30&timestamp=999999999999999", b"", RejectionReason.BAD_TIME),
        ("", b"{", RejectionReason.MALFORMED),
        ("", b"[]", RejectionReason.MALFORMED),
        ("", b"{}", RejectionReason.NO_DEVICE),
        ("", b'{"device_id":"1","location":[]}', RejectionReason.NO_POSITION),
        ("", b'{"device_id":"1","location":{"coords":{}}}', RejectionReason.BAD_COORDINATES),
        ("", b"", RejectionReason.NO_DEVICE),
        ("&".join(f"a{i}=1" for i in range(300)), b"", RejectionReason.MALFORMED),
    ],
)
def test_garbage_has_a_named_reason(query: str, body: bytes, reason: RejectionReason) -> None:
    message = decode(query, body, "", NOW)
    assert message.fixes == ()
    assert [rejection.reason for rejection in message.rejections] == [reason]
    assert message.rejections[0].detail.endswith(".")


FIXES = st.builds(
    PositionFix,
    device=st.from_regex(r"[A-Za-z0-9-]{1,20}", fullmatch=True),
    fixed_at=st.integers(1_000_000_000_000, 4_000_000_000_000).map(
        lambda ms: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)
    ),
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    valid=st.booleans(),
    speed_km_h=st.none() | st.floats(0, 300),
    course_deg=st.none() | st.floats(0, 359.9),
    accuracy_m=st.none() | st.floats(0, 1000),
    battery_percent=st.none() | st.integers(0, 100).map(float),
    ignition=st.none() | st.booleans(),
    external_power_v=st.none() | st.integers(0, 40).map(float),
)


@settings(max_examples=200, deadline=None)
@given(fix=FIXES)
def test_encoders_are_read_back(fix: PositionFix) -> None:
    for message in (
        decode(encoders.osmand_query(fix), b"", "", NOW),
        decode("", json.dumps(encoders.osmand_json(fix)).encode(), "application/json", NOW),
    ):
        (read,) = message.fixes
        assert abs(read.fixed_at - fix.fixed_at) < timedelta(milliseconds=1)
        assert read.latitude == pytest.approx(fix.latitude, abs=1e-7)
        assert read.longitude == pytest.approx(fix.longitude, abs=1e-7)
        assert (read.speed_km_h is None) == (fix.speed_km_h is None)
        assert read.speed_km_h is None or read.speed_km_h == pytest.approx(fix.speed_km_h, abs=0.01)
        assert read.battery_percent == pytest.approx(fix.battery_percent)
        assert (read.ignition, read.external_power_v) == (fix.ignition, fix.external_power_v)


@settings(max_examples=400, deadline=None)
@given(query=st.text(max_size=80), body=st.binary(max_size=200), json_type=st.booleans())
def test_noise_never_raises(query: str, body: bytes, json_type: bool) -> None:
    decode(query, body, "application/json" if json_type else "", NOW)
    decode(urlencode({"id": "1", "lat": query, "lon": query, "timestamp": query}), b"", "", NOW)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=120, deadline=None)
@given(device=JSON_VALUES, location=JSON_VALUES, coords=JSON_VALUES, timestamp=JSON_VALUES)
def test_strange_json_never_raises(
    device: object, location: object, coords: object, timestamp: object
) -> None:
    for body in (
        {"device_id": device, "location": location},
        {"device_id": "1", "location": {"coords": coords, "timestamp": timestamp}},
        {
            "device_id": "1",
            "location": [
                {"coords": {"latitude": 1, "longitude": coords}, "timestamp": timestamp},
                {"coords": {"latitude": 1, "longitude": 1}, "timestamp": timestamp},
            ],
        },
    ):
        decode("", json.dumps(body).encode(), "application/json", NOW)


def test_a_bad_location_of_a_batch_costs_only_itself() -> None:
    def located(latitude: object, timestamp: str) -> dict[str, object]:
        return {"coords": {"latitude": latitude, "longitude": 76.9}, "timestamp": timestamp}

    body = {
        "device_id": "1",
        "location": [
            located(43.1, "2026-03-19T07:00:00Z"),
            located(143.1, "2026-03-19T07:00:10Z"),
            located(43.2, "yesterday"),
            "nowhere",
            located(43.3, "2026-03-19T07:00:30Z"),
        ],
    }
    message = decode("", json.dumps(body).encode(), "application/json", NOW)
    assert [fix.latitude for fix in message.fixes] == [43.1, 43.3]
    assert [each.reason for each in message.rejections] == [
        RejectionReason.BAD_COORDINATES,
        RejectionReason.BAD_TIME,
        RejectionReason.NO_POSITION,
    ]


def test_a_request_kept_raw_is_read_as_it_was() -> None:
    for query, body in (
        ("id=1&lat=60&lon=30&ignition=on&power=12.4", b""),
        ("", b"id=1&lat=60&lon=30"),
        ("id=1", b"lat=60&lon=30"),
        ("x=1", b'{"device_id":"1","location":{"coords":{"latitude":60,"longitude":30}}}'),
    ):
        message = decode(query, body, "", NOW)
        assert len(message.fixes) == 1
        assert feed(OsmandSession(), message.raw, NOW)[1] == [message]
    fix = decode("id=1&lat=60&lon=30&ignition=on&power=12.4", b"", "", NOW).fixes[0]
    assert (fix.ignition, fix.external_power_v) == (True, 12.4)
