"""Devices over real sockets against PostGIS: answers, refusals, noise, a database that is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from ingest.gps import metrics
from ingest.gps.decoders.reading import Reading
from ingest.gps.decoders.table import BY_NAME
from ingest.gps.decoders.wialon import WialonSession, feed
from ingest.gps.devices import Devices
from ingest.gps.intake import STRANGERS_A_MINUTE, Intake
from ingest.gps.receivers.osmand_http import OsmandReceiver
from ingest.gps.receivers.tcp import TcpReceiver
from ingest.gps.receivers.udp import QUEUE_BYTES, Inbox, UdpReceiver
from ingest.gps.store import PositionStore
from ingest.simulated import encoders, nmea_encoder
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.observations import PositionFix
from tests.builders import build_vehicle

pytestmark = pytest.mark.postgis
CLOCK = SystemClock()
STARTED_AT = CLOCK.now().replace(microsecond=0) - timedelta(minutes=10)


class SwitchedDatabase(Database):
    """A database that is away while ``away`` is set."""

    away = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self._check()
        async with super().transaction() as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        self._check()
        async with super().read() as session:
            yield session

    def _check(self) -> None:
        if self.away:
            raise OperationalError("connect", None, OSError("refused"))


@dataclass
class Receivers:
    database: SwitchedDatabase
    osmand: str
    wialon: int
    vehicle_id: UUID

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.database.read() as session:
            return [tuple(row) for row in await session.execute(text(query))]

    async def positions(self) -> int:
        return int((await self.rows("SELECT count(*) FROM position"))[0][0])


@pytest.fixture
async def receivers(database_url: str) -> AsyncIterator[Receivers]:
    database = SwitchedDatabase(database_url)
    async with database.transaction() as session:
        vehicle_id = await build_vehicle(session)
        await build_vehicle(session, plate="2", identifier="locked")
        await session.execute(
            text("UPDATE device SET password = 'secret' WHERE identifier = 'locked'")
        )
    store, stop = PositionStore(database, CLOCK), asyncio.Event()
    intake = Intake(Devices(database, CLOCK), store)
    osmand = OsmandReceiver(intake, CLOCK)
    wialon = TcpReceiver("wialon", Reading(WialonSession, feed), intake, CLOCK, idle_s=5)
    writing = asyncio.create_task(store.run(stop))
    http_port = await osmand.start("127.0.0.1", 0)
    tcp_port = await wialon.start("127.0.0.1", 0)
    yield Receivers(database, f"http://127.0.0.1:{http_port}/", tcp_port, vehicle_id)
    stop.set()
    await asyncio.gather(osmand.close(), wialon.close())
    await writing
    await database.close()


@pytest.fixture
async def phone() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        yield client


class Tracker:
    """A device's end of a TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, line: bytes) -> bytes:
        self.writer.write(line)
        return await asyncio.wait_for(self.reader.readline(), 10)


@asynccontextmanager
async def tracker(port: int) -> AsyncIterator[Tracker]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Tracker(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):  # the receiver may have hung up first
            await writer.wait_closed()


def fix_at(seconds: float, identifier: str = "van-1") -> PositionFix:
    at = STARTED_AT + timedelta(seconds=seconds)
    return PositionFix(identifier, at, 43.2383, 76.9453, speed_km_h=50, satellites=9)


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


async def test_a_tracker_logs_in_and_reports(receivers: Receivers) -> None:
    async with tracker(receivers.wialon) as device:
        assert await device.ask(encoders.wialon_login("van-1")) == b"#AL#1\r\n"
        assert await device.ask(encoders.wialon_data(fix_at(0))) == b"#AD#1\r\n"
        assert await receivers.positions() == 1
        box = encoders.wialon_black_box([fix_at(i) for i in range(20)])
        assert await device.ask(box) == b"#AB#20\r\n"
        assert await receivers.positions() == 20
        assert await device.ask(b"#P#\r\n") == b"#AP#\r\n"


async def test_a_stream_split_at_every_byte_and_one_glued_are_the_same(
    receivers: Receivers,
) -> None:
    stream = encoders.wialon_login("van-1") + b"".join(
        encoders.wialon_short(fix_at(i)) for i in range(5)
    )
    async with tracker(receivers.wialon) as device:
        for byte in stream:
            device.writer.write(bytes([byte]))
            await device.writer.drain()
        answers = [await device.reader.readline() for _ in range(6)]
        assert answers == [b"#AL#1\r\n", *[b"#ASD#1\r\n"] * 5]
    async with tracker(receivers.wialon) as device:
        device.writer.write(stream)
        assert [await device.reader.readline() for _ in range(6)] == answers
    assert await receivers.positions() == 5


async def test_noise_is_counted_kept_and_hurts_nobody(receivers: Receivers) -> None:
    labels = {"protocol": "wialon", "reason": "malformed"}
    name = "ahual_gps_rejections_total"
    before = REGISTRY.get_sample_value(name, labels) or 0
    async with tracker(receivers.wialon) as device:
        assert await device.ask(b"\x00\xff\xfe noise\r\n") == b"#AD#-1\r\n"
        device.writer.write(b"#X#;;;\r\n\r\n" + b"A" * 200_000 + b"\r\n")
        assert await device.reader.readline() == b"#AD#-1\r\n"
        assert await device.ask(b"#SD#1;2;3\r\n") == b"#AL#0\r\n"  # no login yet
        assert await device.ask(encoders.wialon_login("van-1")) == b"#AL#1\r\n"
        assert await device.ask(b"#SD#1;2;3\r\n") == b"#ASD#-1\r\n"
        assert await device.ask(encoders.wialon_data(fix_at(0))) == b"#AD#1\r\n"
    assert (REGISTRY.get_sample_value(name, labels) or 0) == before + 2
    raw = await receivers.rows(
        "SELECT payload, rejection FROM raw_message WHERE rejection IS NOT NULL ORDER BY number"
    )
    assert [row[1].partition(":")[0] for row in raw] == [
        "malformed", "unknown_type", "too_long", "no_device", "malformed",
    ]  # fmt: skip
    assert raw[0][0] == b"\x00\xff\xfe noise"


@pytest.mark.parametrize(
    ("login", "answer"),
    [
        (encoders.wialon_login("nobody"), b"#AL#0\r\n"),
        (encoders.wialon_login("locked", "wrong"), b"#AL#01\r\n"),
        (encoders.wialon_login("locked"), b"#AL#01\r\n"),
    ],
)
async def test_a_stranger_is_refused_and_hung_up_on(
    receivers: Receivers, login: bytes, answer: bytes
) -> None:
    async with tracker(receivers.wialon) as device:
        assert await device.ask(login + encoders.wialon_data(fix_at(0))) == answer
        assert await device.reader.read() == b""
    assert await receivers.positions() == 0


async def test_a_device_with_a_password_is_let_in_by_it(receivers: Receivers) -> None:
    async with tracker(receivers.wialon) as device:
        assert await device.ask(encoders.wialon_login("locked", "secret")) == b"#AL#1\r\n"
        assert await device.ask(encoders.wialon_data(fix_at(0, "locked"))) == b"#AD#1\r\n"


async def test_nobody_is_acknowledged_while_the_database_is_away(
    receivers: Receivers, phone: httpx.AsyncClient
) -> None:
    async with tracker(receivers.wialon) as device:
        assert await device.ask(encoders.wialon_login("van-1")) == b"#AL#1\r\n"
        receivers.database.away = True
        device.writer.write(encoders.wialon_data(fix_at(0)))
        asked = asyncio.create_task(
            phone.get(f"{receivers.osmand}?{encoders.osmand_query(fix_at(1))}")
        )
        heard = asyncio.create_task(device.reader.readline())
        done, _ = await asyncio.wait([asked, heard], timeout=1)
        assert not done
        receivers.database.away = False
        assert await heard == b"#AD#1\r\n"
        assert (await asked).status_code == 200
    assert await receivers.positions() == 2


async def test_trackers_wait_while_there_is_no_room(receivers: Receivers) -> None:
    room_bytes = 32 * 1024
    store = PositionStore(receivers.database, CLOCK, room_bytes=room_bytes)
    intake, stop = Intake(Devices(receivers.database, CLOCK), store), asyncio.Event()
    wialon = TcpReceiver("wialon", Reading(WialonSession, feed), intake, CLOCK)
    port = await wialon.start("127.0.0.1", 0)
    lines = [encoders.wialon_data(fix_at(number)) for number in range(60)]
    async with tracker(port) as one:
        login = encoders.wialon_login("van-1")
        one.writer.write(login + b"".join(lines))
        while not store.waiting:
            await asyncio.sleep(0.01)
        assert store.held_bytes <= room_bytes
        writing = asyncio.create_task(store.run(stop))
        answers = [await asyncio.wait_for(one.reader.readline(), 10) for _ in range(61)]
    assert answers == [b"#AL#1\r\n"] + [b"#AD#1\r\n"] * 60
    assert await receivers.positions() == 60
    stop.set()
    await asyncio.gather(wialon.close(), writing)


async def test_an_unknown_device_is_not_called_so_before_the_list_was_read(
    receivers: Receivers, phone: httpx.AsyncClient
) -> None:
    receivers.database.away = True
    answer = await phone.get(f"{receivers.osmand}?id=van-1&lat=43&lon=76")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    async with tracker(receivers.wialon) as device:
        device.writer.write(encoders.wialon_login("van-1"))
        assert await device.reader.read() == b""  # hung up without an answer: it comes again
    receivers.database.away = False


async def test_every_message_is_kept_in_the_order_of_its_conversation(
    receivers: Receivers, phone: httpx.AsyncClient
) -> None:
    stream = [encoders.wialon_login("van-1"), b"#P#\r\n", encoders.wialon_data(fix_at(0))]
    async with tracker(receivers.wialon) as device:
        for line in stream:
            await device.ask(line)
    assert (await phone.get(f"{receivers.osmand}?id=van-1&lat=43&lon=76")).status_code == 200
    kept = await receivers.rows(
        "SELECT payload, number, transport, device, rejection, count(*) OVER (PARTITION BY "
        "session_id) FROM raw_message ORDER BY received_at, number"
    )
    lines = [(line.strip(), n, "tcp", "van-1", None, 3) for n, line in enumerate(stream)]
    assert kept == [*lines, (b"id=van-1&lat=43&lon=76", 0, "http", "van-1", None, 1)]


async def test_noise_of_strangers_is_kept_only_so_far(receivers: Receivers) -> None:
    async with tracker(receivers.wialon) as device:
        noise = b"\xff" * 4000 + b"\n"
        device.writer.write(noise * (2 * STRANGERS_A_MINUTE + 10))
        for _ in range(2 * STRANGERS_A_MINUTE + 10):
            assert await device.reader.readline() == b"#AD#-1\r\n"
    kept = await receivers.rows("SELECT count(*), max(length(payload)) FROM raw_message")
    assert STRANGERS_A_MINUTE <= kept[0][0] <= 2 * STRANGERS_A_MINUTE  # the minute may have ended
    assert kept[0][1] == 2048


class Datagrams(asyncio.DatagramProtocol):
    """A device's end of UDP."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        del addr
        self.heard.put_nowait(data)


@asynccontextmanager
async def datagrams(
    receivers: Receivers, name: str
) -> AsyncIterator[tuple[asyncio.DatagramTransport, Datagrams]]:
    """A receiver of a protocol over UDP and a device that talks to it."""
    store, stop = PositionStore(receivers.database, CLOCK), asyncio.Event()
    intake = Intake(Devices(receivers.database, CLOCK), store)
    receiver = UdpReceiver(name, BY_NAME[name].readings["udp"], intake, CLOCK)
    writing = asyncio.create_task(store.run(stop))
    port = await receiver.start("127.0.0.1", 0)
    transport, device = await asyncio.get_running_loop().create_datagram_endpoint(
        Datagrams, remote_addr=("127.0.0.1", port)
    )
    try:
        yield transport, device
    finally:
        transport.close()
        await receiver.close()
        stop.set()
        await writing


async def test_a_datagram_is_answered_after_its_commit(receivers: Receivers) -> None:
    imei = "356307042441013"
    async with receivers.database.transaction() as session:
        await build_vehicle(session, plate="3", identifier=imei)
    sent = [
        encoders.teltonika_datagram(imei, [fix_at(2 * n, imei), fix_at(2 * n + 1, imei)], packet=n)
        for n in range(5)
    ]
    async with datagrams(receivers, "teltonika") as (transport, device):
        for each in sent:
            transport.sendto(each)
        answers = {await asyncio.wait_for(device.heard.get(), 10) for _ in sent}
        assert answers == {b"\x00\x05\x00" + bytes([n, 1, n, 2]) for n in range(5)}
        assert await receivers.positions() == 10
        receivers.database.away = True
        transport.sendto(encoders.teltonika_datagram(imei, [fix_at(20, imei)], packet=9))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(device.heard.get(), 0.3)
        receivers.database.away = False
        assert (await asyncio.wait_for(device.heard.get(), 10))[-2:] == b"\x09\x01"
    kept = await receivers.rows("SELECT payload FROM raw_message ORDER BY number")
    assert [row[0] for row in kept[:5]] == sent


async def test_long_datagrams_that_find_no_room_are_dropped_and_counted() -> None:
    inbox, datagram = Inbox("nmea", CLOCK), bytes(60_000)
    dropped = metrics.DATAGRAMS_DROPPED.labels("nmea")
    before, room = dropped._value.get(), QUEUE_BYTES // len(datagram)
    for _ in range(room + 3):
        inbox.datagram_received(datagram, ("127.0.0.1", 9))
    assert dropped._value.get() == before + 3
    assert (await inbox.next())[0] == datagram
    inbox.datagram_received(datagram, ("127.0.0.1", 9))
    assert dropped._value.get() == before + 3


async def test_a_stranger_over_udp_is_told_that_nothing_was_taken(receivers: Receivers) -> None:
    async with datagrams(receivers, "teltonika") as (transport, device):
        transport.sendto(b"noise")  # not answered: nobody knows who sent it
        transport.sendto(encoders.teltonika_datagram("111111111111111", [fix_at(0)], packet=7))
        assert await asyncio.wait_for(device.heard.get(), 10) == b"\x00\x05\x00\x07\x01\x07\x00"
    assert await receivers.positions() == 0


async def test_lines_of_one_datagram_are_one_message(receivers: Receivers) -> None:
    async with datagrams(receivers, "nmea") as (transport, _):
        lines = nmea_encoder.nmea_lines(replace(fix_at(0), altitude_m=700.0))
        transport.sendto(lines)
        async with asyncio.timeout(10):
            while not await receivers.positions():
                await asyncio.sleep(0.02)
    (row,) = await receivers.rows("SELECT altitude_m, speed_km_h FROM position")
    assert row == (700.0, pytest.approx(50, abs=0.01))
    assert len(await receivers.rows("SELECT 1 FROM raw_message")) == 1


async def test_what_a_connection_held_back_is_stored_at_its_end(receivers: Receivers) -> None:
    reading = BY_NAME["nmea"].readings["tcp"]
    store, stop = PositionStore(receivers.database, CLOCK), asyncio.Event()
    receiver = TcpReceiver(
        "nmea", reading, Intake(Devices(receivers.database, CLOCK), store), CLOCK
    )
    writing = asyncio.create_task(store.run(stop))
    port = await receiver.start("127.0.0.1", 0)
    async with tracker(port) as device:
        device.writer.write(b"van-1," + nmea_encoder.nmea_gga(fix_at(0)))
    async with asyncio.timeout(10):
        while not await receivers.positions():
            await asyncio.sleep(0.02)
    await receiver.close()
    stop.set()
    await writing
