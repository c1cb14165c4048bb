"""Simulated vans: roads, drives, noise, and what they do when nobody listens."""

import asyncio
import random
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from ingest.gps.decoders.table import PROTOCOLS
from ingest.gps.geodesy import distance_m
from ingest.gps.service import run as run_receivers
from ingest.simulated.fleet import FLEET
from ingest.simulated.link import Unheard
from ingest.simulated.links import LINKS, UDP_LINKS
from ingest.simulated.roads import GpsNoise, road
from ingest.simulated.timetable import (
    DEVIATES,
    LATE,
    LOCAL,
    SILENT,
    departures_of,
    journey_at,
    route_of,
)
from ingest.simulated.vans import Reporter, Sensor, VanClock, address
from ingest.simulated.vans import run as run_vans
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.observations import PositionFix
from tests.builders import build_vehicle

NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
TALGAR, ESIK = (43.30235, 77.23811), (43.3552, 77.45245)


def test_the_fleet_is_in_different_regions_and_speaks_several_protocols() -> None:
    assert len({van.region_code for van in FLEET}) >= 6
    assert {"osmand", "teltonika", "wialon"} <= {van.protocol for van in FLEET} <= set(LINKS)
    assert len({van.identifier for van in FLEET}) == len({van.plate for van in FLEET}) == len(FLEET)
    for van in FLEET:
        assert van.name.keys() == {"kk", "ru", "en"}
        assert 2 <= van.report_interval_s <= 5


def test_a_road_joins_its_ends_without_a_leap() -> None:
    points = road(TALGAR, ESIK, random.Random(3))
    assert (points[0], points[-1]) == (TALGAR, ESIK)
    gaps = [distance_m(*a, *b) for a, b in pairwise(points)]
    straight = distance_m(*TALGAR, *ESIK)
    assert max(gaps) < 300
    assert straight < sum(gaps) < 1.1 * straight


def test_noise_is_correlated_and_small() -> None:
    noise = GpsNoise(random.Random(1))
    errors = [noise.after(1) for _ in range(5000)]
    steps = [abs(b[0] - a[0]) for a, b in pairwise(errors)]
    assert max(abs(north) for north, _ in errors) < 30
    assert sum(steps) / len(steps) < 1.5


def test_a_sensor_goes_on_where_it_would_be_after_a_restart() -> None:
    van = FLEET[0]
    first = Sensor(van, 0, 1).fix(NOW)
    restarted = Sensor(van, 0, 1).fix(NOW + timedelta(seconds=2))
    assert distance_m(first.latitude, first.longitude, restarted.latitude, restarted.longitude) < 90


def test_a_van_drives_its_trips_every_day_at_the_same_minutes() -> None:
    for number, van in enumerate(FLEET):
        departures = departures_of(van, number)
        assert 86_400 % departures.every_s == 0
        assert departures.every_s > route_of(van).duration_s
        set_out = departures.before(NOW)
        assert NOW - timedelta(seconds=departures.every_s) < set_out <= NOW
        assert departures.before(NOW + timedelta(days=1)) == set_out + timedelta(days=1)
        assert set_out.astimezone(LOCAL).time() in departures.times()
        assert journey_at(van, number, NOW)[1] == (NOW - set_out).total_seconds()


def test_one_van_deviates_one_is_late_one_falls_silent_the_others_keep_to_their_plan() -> None:
    for number, van in enumerate(FLEET):
        journey, _ = journey_at(van, number, NOW)
        behind_s = max(
            visit.arrived_s - stop.arrive_after_s
            for visit, stop in zip(journey.visits, route_of(van).stops, strict=True)
        )
        assert (behind_s > 900) == (number == LATE)
        assert (journey.deviation is not None) == (number == DEVIATES)
        sensor = Sensor(van, number, 1)
        begun = departures_of(van, number).before(NOW)
        minutes = range(int(journey.ends_s) // 60)
        unheard = [m for m in minutes if not sensor.heard(begun + timedelta(minutes=m))]
        assert len(unheard) == (22 if number == SILENT else 0)


def test_above_speed_one_a_day_is_lived_until_the_present() -> None:
    clock = ManualClock(NOW)
    hurried = VanClock(clock, 600)
    assert hurried.now() == NOW - timedelta(days=1)
    clock.advance(timedelta(seconds=60))
    assert hurried.now() == NOW - timedelta(hours=14)
    clock.advance(timedelta(seconds=90))
    assert hurried.now() == clock.now()
    assert VanClock(clock, 1).now() == clock.now()


@pytest.mark.parametrize("wrong", ["localhost", ":5055", "host:", "host:port"])
def test_an_address_is_host_and_port(wrong: str) -> None:
    assert address("127.0.0.1:5055") == ("127.0.0.1", 5055)
    with pytest.raises(ValueError, match="HOST:PORT"):
        address(wrong)


class DeafLink:
    """Hears nothing while ``deaf``; remembers the order of what it heard."""

    def __init__(self) -> None:
        self.deaf = True
        self.heard: list[datetime] = []

    async def send(self, fixes: Sequence[PositionFix]) -> int:
        if self.deaf:
            raise Unheard("refused")
        taken = fixes[:3]
        self.heard += [fix.fixed_at for fix in taken]
        return len(taken)

    async def close(self) -> None: ...


async def test_what_nobody_hears_is_sent_later_oldest_first() -> None:
    link = DeafLink()
    reporter = Reporter("van-1", link)
    fixes = [
        PositionFix("van-1", NOW + timedelta(seconds=second), 43.2, 76.9) for second in range(10)
    ]
    for fix in fixes[:9]:
        await reporter.report(fix)
    assert (reporter.kept, link.heard) == (9, [])
    link.deaf = False
    await reporter.report(fixes[9])
    assert reporter.kept == 0
    assert link.heard == [fix.fixed_at for fix in fixes]


async def position_count(database: Database) -> dict[str, int]:
    """Return how many positions each van has."""
    query = text("SELECT vehicle_id::text, count(*) FROM position GROUP BY vehicle_id")
    async with database.read() as session:
        found: Any = await session.execute(query)
        return dict(found.all())


@pytest.fixture
def unused_ports() -> dict[str, int]:
    """A port for each protocol."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in PROTOCOLS]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return dict(zip((each.name for each in PROTOCOLS), ports, strict=True))


@pytest.mark.postgis
async def test_vans_are_stored_through_real_sockets(
    database: Database, unused_ports: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # One van of the fleet has no network for some minutes of each trip: here at some times of day.
    monkeypatch.setattr("ingest.simulated.vans.silence", lambda *_: None)
    vans = [
        replace(
            next(van for van in FLEET if van.protocol == "teltonika"),
            identifier=f"86000000000000{number}",
            plate=f"{number:03d} AA 02",
            protocol=protocol,
            udp=udp,
            report_interval_s=0.05,
        )
        for number, (protocol, udp) in enumerate(
            [(each, False) for each in LINKS] + [(each, True) for each in UDP_LINKS]
        )
    ]
    async with database.transaction() as session:
        for van in vans:
            await build_vehicle(
                session, plate=van.plate, identifier=van.identifier, protocol=van.protocol
            )
    clock, stop = SystemClock(), asyncio.Event()
    receivers = {name: ("127.0.0.1", port) for name, port in unused_ports.items()}
    driving = asyncio.create_task(run_vans(receivers, clock, stop, fleet=vans))
    await asyncio.sleep(0.3)  # nobody listens yet: the vans keep their first fixes
    ports = {f"{name}_port": port for name, port in unused_ports.items()}
    settings = Settings.model_validate(ports)
    receiving = asyncio.create_task(run_receivers(settings, database, clock, stop))
    try:
        async with asyncio.timeout(90):  # ends a hopeless wait, asserts no speed
            while (
                len(stored := await position_count(database)) < len(vans)
                or min(stored.values()) < 8
            ):
                await asyncio.sleep(0.1)
    finally:
        stop.set()
        await asyncio.gather(driving, receiving)
    async with database.read() as session:
        flags = (await session.execute(text("SELECT DISTINCT flags FROM position"))).scalars().all()
        rejected = (
            await session.execute(
                text("SELECT count(*) FROM raw_message WHERE rejection IS NOT NULL")
            )
        ).scalar_one()
        by_udp = text("SELECT DISTINCT protocol FROM raw_message WHERE transport = 'udp'")
        datagrams = set((await session.execute(by_udp)).scalars())
    assert flags == [[]]
    assert rejected == 0
    assert datagrams == set(UDP_LINKS)
