"""Trackers of binary protocols and a relay of many over real sockets against PostGIS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ingest.gps.decoders.egts import stream as egts
from ingest.gps.decoders.egts.packet import HEADER_BYTES, Result
from ingest.gps.decoders.galileosky import stream as galileosky
from ingest.gps.decoders.navtelecom import stream as navtelecom
from ingest.gps.decoders.reading import AnyReading, Reading
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.tcp import TcpReceiver
from ingest.gps.store import PositionStore
from ingest.simulated.binary_links import EgtsLink, GalileoskyLink, NavtelecomLink
from ingest.simulated.egts_encoder import egts_packet
from ingest.simulated.link import Link, Unheard
from models.observations import PositionFix
from tests.builders import build_vehicle
from tests.ingest.gps.decoders.egts.test_stream import result_of, results_of
from tests.ingest.gps.receivers.served import CLOCK, STARTED_AT, SwitchedDatabase

pytestmark = pytest.mark.postgis
IMEI, STRANGER = "867060030000106", "867060030000999"
OBJECTS = ("1001", "1002")
PROTOCOLS: dict[str, tuple[AnyReading, Callable[[str, int, str], Link]]] = {
    "egts": (Reading(egts.EgtsSession, egts.feed), EgtsLink),
    "galileosky": (Reading(galileosky.GalileoskySession, galileosky.feed), GalileoskyLink),
    "navtelecom": (Reading(navtelecom.NavtelecomSession, navtelecom.feed), NavtelecomLink),
}


@dataclass
class Listening:
    database: SwitchedDatabase
    ports: dict[str, int]

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.database.read() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def positions(self) -> dict[str, int]:
        """Return how many positions are stored of each device."""
        counted = await self.rows(
            "SELECT identifier, count(*) FROM position JOIN device USING (vehicle_id) GROUP BY 1"
        )
        return {str(identifier): int(count) for identifier, count in counted}


@pytest.fixture
async def listening(database_url: str) -> AsyncIterator[Listening]:
    database = SwitchedDatabase(database_url)
    async with database.transaction() as session:
        for number, identifier in enumerate((IMEI, *OBJECTS)):
            await build_vehicle(session, plate=f"{number} AHL", identifier=identifier)
    store, stop = PositionStore(database, CLOCK), asyncio.Event()
    intake = Intake(Devices(database, CLOCK), store)
    receivers = {
        name: TcpReceiver(name, reading, intake, CLOCK, idle_s=5)
        for name, (reading, _) in PROTOCOLS.items()
    }
    writing = asyncio.create_task(store.run(stop))
    ports = {name: await each.start("127.0.0.1", 0) for name, each in receivers.items()}
    yield Listening(database, ports)
    stop.set()
    await asyncio.gather(*(each.close() for each in receivers.values()))
    await writing
    await database.close()


def fixes_of(identifier: str, count: int) -> list[PositionFix]:
    return [
        PositionFix(
            identifier,
            STARTED_AT + timedelta(seconds=number),
            43.2383,
            76.9453,
            speed_km_h=50,
            course_deg=90,
            satellites=9,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_tracker_is_acknowledged_when_its_fixes_are_committed(
    listening: Listening, protocol: str
) -> None:
    link = PROTOCOLS[protocol][1]("127.0.0.1", listening.ports[protocol], IMEI)
    fixes = fixes_of(IMEI, 20)
    assert await link.send(fixes) == 20
    assert await listening.positions() == {IMEI: 20}
    listening.database.away = True
    sending = asyncio.create_task(link.send(fixes_of(IMEI, 25)))
    done, _ = await asyncio.wait([sending], timeout=0.3)
    assert not done
    listening.database.away = False
    assert await sending == 25
    assert await listening.positions() == {IMEI: 25}
    await link.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_stranger_is_refused_and_hung_up_on(listening: Listening, protocol: str) -> None:
    link = PROTOCOLS[protocol][1]("127.0.0.1", listening.ports[protocol], STRANGER)
    with pytest.raises(Unheard):
        await link.send(fixes_of(STRANGER, 1))
    await link.close()
    assert await listening.positions() == {}
    rejections = await listening.rows("SELECT rejection FROM raw_message")
    assert any(str(row[0]).startswith("unknown_device") for row in rejections)


async def test_a_relay_reports_many_vehicles_over_one_connection(listening: Listening) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.ports["egts"])
    first, second = (fixes_of(number, 2) for number in OBJECTS)
    unknown = replace(first[0], device="4000000000")
    for number, fixes in enumerate(([first[0], unknown, second[0]], [first[1], second[1]])):
        writer.write(egts_packet(number, fixes, relayed=True))
        head = await asyncio.wait_for(reader.readexactly(HEADER_BYTES), 10)
        answer = head + await reader.readexactly(int.from_bytes(head[5:7], "little") + 2)
        assert result_of(answer) == (number, Result.OK)
        expected = {1: Result.OK, 2: Result.OK, 3: Result.OK}
        if number == 0:
            expected[2] = Result.UNKNOWN_IDENTIFIER
        else:
            del expected[3]
        assert results_of(answer) == expected
    writer.close()
    await writer.wait_closed()
    assert await listening.positions() == dict.fromkeys(OBJECTS, 2)
    kept = await listening.rows(
        "SELECT device, length(payload), rejection FROM raw_message ORDER BY received_at"
    )
    assert len(kept) == 2  # each packet once, whatever number of vehicles it speaks for
    assert str(kept[0][2]).startswith("unknown_device: Device 4000000000")
    assert kept[1][2] is None
