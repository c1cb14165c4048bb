"""Devices over real sockets against PostGIS: answers, refusals, noise, a database that is away."""

import asyncio

import httpx
import pytest
from prometheus_client import REGISTRY

from ingest.gps.decoders.reading import Reading
from ingest.gps.decoders.table import BY_NAME
from ingest.gps.decoders.wialon import WialonSession, feed
from ingest.gps.devices import Devices
from ingest.gps.intake import STRANGERS_A_MINUTE, Intake
from ingest.gps.receivers.tcp import TcpReceiver
from ingest.gps.store import PositionStore
from ingest.simulated import encoders, nmea_encoder
from tests.ingest.gps.receivers.served import (
    CLOCK,
    Receivers,
    fix_at,
    tracker,
)

pytestmark = pytest.mark.postgis


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
