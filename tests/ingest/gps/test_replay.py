"""Kept messages read again: new positions once, whole conversations, nothing overwritten."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from ingest.gps.contact import Contact
from ingest.gps.decoders.message import Rejection, RejectionReason
from ingest.gps.decoders.table import Transport
from ingest.gps.replay import Outcome, Replay, Wanted
from ingest.gps.store import PositionStore, Submission
from ingest.simulated import encoders, nmea_encoder
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.observations import PositionFix
from tests.builders import build_vehicle

pytestmark = pytest.mark.postgis
NOW = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
WANTED = Wanted(NOW - timedelta(hours=1), NOW + timedelta(hours=1))


def fix_at(seconds: float, device: str = "van-1") -> PositionFix:
    return PositionFix(device, NOW + timedelta(seconds=seconds), 43.2383, 76.9453, speed_km_h=50)


async def keep(
    database: Database,
    raw: Sequence[bytes],
    *,
    protocol: str = "wialon",
    transport: Transport = "tcp",
    received_at: Sequence[datetime] = (),
    device: str | None = "van-1",
    first: int = 0,
    rejections: tuple[Rejection, ...] = (),
) -> None:
    """Keep the messages of one conversation, as receivers do."""
    store, stop = PositionStore(database, SystemClock()), asyncio.Event()
    contact = Contact(transport, heard=first)
    writing = asyncio.create_task(store.run(stop))
    times = received_at or [NOW] * len(raw)
    futures = [
        await store.submit(
            Submission(protocol, at, each, device, rejections=rejections, heard=contact.next())
        )
        for each, at in zip(raw, times, strict=True)
    ]
    await asyncio.gather(*futures)
    stop.set()
    await writing


async def replay(
    database: Database, wanted: Wanted = WANTED, *, dry_run: bool = False, amend: bool = False
) -> Outcome:
    return await Replay(database, SystemClock(), wanted, dry_run=dry_run, amend=amend).run()


async def moments(database: Database) -> list[datetime]:
    async with database.read() as session:
        return list(
            (await session.execute(text("SELECT fixed_at FROM position ORDER BY 1"))).scalars()
        )


async def van(database: Database, identifier: str = "van-1") -> None:
    async with database.transaction() as session:
        await build_vehicle(session, plate=identifier, identifier=identifier)


def lines(*fixes: PositionFix) -> list[bytes]:
    login = encoders.wialon_login("van-1")
    return [line.strip() for line in (login, *map(encoders.wialon_data, fixes))]


async def test_what_is_new_is_stored_once(database: Database) -> None:
    await van(database)
    await keep(database, [*lines(*(fix_at(n) for n in range(3))), lines(fix_at(2))[1]])
    tried = await replay(database, dry_run=True)
    assert (tried.new, tried.same, tried.messages, tried.conversations) == (3, 0, 5, 1)
    assert await moments(database) == []
    done = await replay(database)
    assert (done.new, done.same, done.different) == (3, 0, 0)
    assert await moments(database) == [fix_at(n).fixed_at for n in range(3)]
    again = await replay(database)
    assert (again.new, again.same, again.different) == (0, 3, 0)
    async with database.read() as session:
        left = await session.execute(text("SELECT count(*) FROM unjudged_span"))
        kept = await session.execute(text("SELECT count(*) FROM raw_message"))
        assert (left.scalar_one(), kept.scalar_one()) == (1, 5)  # judged once; kept once


async def test_a_conversation_is_read_from_its_beginning(database: Database) -> None:
    await van(database)
    early = NOW - timedelta(days=2)
    await keep(
        database,
        lines(fix_at(0), fix_at(1), fix_at(2)),
        received_at=[early, early, NOW, NOW + timedelta(hours=2)],
    )
    outcome = await replay(database)
    assert (outcome.messages, outcome.new) == (1, 1)
    assert await moments(database) == [fix_at(1).fixed_at]


async def test_a_conversation_whose_beginning_is_gone_is_read_all_the_same(
    database: Database,
) -> None:
    await van(database)
    await keep(database, lines(fix_at(0), fix_at(1))[1:], first=7)
    assert (await replay(database)).new == 2


async def test_only_the_device_and_protocol_that_are_wanted(database: Database) -> None:
    await van(database)
    await van(database, "van-2")
    await keep(database, lines(fix_at(0)))
    query = encoders.osmand_query(fix_at(5, "van-2")).encode()
    await keep(database, [query], protocol="osmand", transport="http", device="van-2")
    only = Wanted(WANTED.starts_at, WANTED.ends_at, device="van-2")
    assert (await replay(database, only, dry_run=True)).new == 1
    only = Wanted(WANTED.starts_at, WANTED.ends_at, protocol="wialon")
    assert (await replay(database, only, dry_run=True)).new == 1
    assert (await replay(database)).new == 2


async def test_what_was_rejected_once_and_is_read_now_is_told(database: Database) -> None:
    await van(database)
    once = (Rejection(RejectionReason.MALFORMED, "A decoder that was wrong said so."),)
    raw = [b"van-1," + nmea_encoder.nmea_rmc(fix_at(0)).strip(), b"van-1,$GPRMC,1,2"]
    await keep(database, raw, protocol="nmea", rejections=once)
    outcome = await replay(database)
    assert (outcome.mended, outcome.new) == (1, 1)
    assert outcome.rejected == {"malformed": 1}


async def test_a_device_that_was_registered_later_gets_its_positions(database: Database) -> None:
    datagram = encoders.teltonika_datagram("356307042441013", [fix_at(0), fix_at(1)])
    await keep(database, [datagram], protocol="teltonika", transport="udp", device=None)
    assert (await replay(database)).rejected == {"unknown_device": 1}
    await van(database, "356307042441013")
    assert (await replay(database)).new == 2


async def test_what_differs_is_told_and_only_amended_where_that_is_wanted(
    database: Database,
) -> None:
    await van(database)
    await keep(database, lines(fix_at(0), fix_at(1)))
    await replay(database)
    async with database.transaction() as session:
        await session.execute(
            text(
                "WITH last AS (UPDATE last_position SET geom = ST_SetSRID(ST_MakePoint(76, 44),"
                " 4326)) UPDATE position SET geom = ST_SetSRID(ST_MakePoint(76, 44), 4326),"
                " flags = '{jump}' WHERE fixed_at = :at"
            ),
            {"at": fix_at(1).fixed_at},
        )
    outcome = await replay(database)
    assert (outcome.new, outcome.same, outcome.different) == (0, 1, 1)
    ((stored, read),) = outcome.examples
    assert stored.latitude == 44
    assert read.latitude == pytest.approx(43.2383)


async def test_a_protocol_that_is_gone_is_counted(database: Database) -> None:
    await keep(database, [b"x"], protocol="morse")
    assert (await replay(database)).rejected == {"no_decoder": 1}
