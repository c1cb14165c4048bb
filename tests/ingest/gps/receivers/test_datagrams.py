"""Devices over UDP: answered after the commit, bounded, lines of one datagram together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from ingest.gps import metrics
from ingest.gps.decoders.table import BY_NAME
from ingest.gps.devices import Devices
from ingest.gps.intake import Intake
from ingest.gps.receivers.udp import QUEUE_BYTES, Inbox, UdpReceiver
from ingest.gps.store import PositionStore
from ingest.simulated import encoders, nmea_encoder
from tests.builders import build_vehicle
from tests.ingest.gps.receivers.served import (
    CLOCK,
    Receivers,
    fix_at,
)

pytestmark = pytest.mark.postgis


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
