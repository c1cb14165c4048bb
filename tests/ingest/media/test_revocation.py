"""Who is logged out sees nothing more: open media ends, old tickets open nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from ingest.cameras.feed import Feed
from ingest.media import revocation
from ingest.media.revocation import Revocations
from ingest.media.tickets import Ticket
from models.kit import bus
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.operator import Session
from tests.builders import NOON, build_operator
from tests.ingest.media.conftest import CAMERA, KnownFeeds, RunningNode, running


def of(session: str, ends_at: datetime | None = None) -> Ticket:
    return Ticket("aigerim", session, CAMERA, "live", None, None, NOON, session_ends_at=ends_at)


def test_only_what_is_open_for_the_session_is_closed() -> None:
    revocations = Revocations(ManualClock(NOON))
    closed: list[str] = []
    with (
        revocations.watch(of("a"), lambda: closed.append("a1")),
        revocations.watch(of("b"), lambda: closed.append("b")),
    ):
        with revocations.watch(of("a"), lambda: closed.append("a2")):
            pass  # closed by its viewer before
        assert revocations.revoke("a") == 1
        assert revocations.revoke("nobody") == 0
    assert closed == ["a1"]
    assert revocations.is_revoked("a")
    assert not revocations.is_revoked("b")


def test_what_outlives_its_session_is_closed_on_its_end() -> None:
    clock = ManualClock(NOON)
    revocations = Revocations(clock)
    closed: list[str] = []
    soon = of("a", NOON + timedelta(minutes=1))
    with (
        revocations.watch(soon, lambda: closed.append("a")),
        revocations.watch(of("b", NOON + timedelta(minutes=2)), lambda: closed.append("b")),
        revocations.watch(of("vision"), lambda: closed.append("vision")),
    ):
        clock.advance(timedelta(seconds=59))
        assert revocations.expire() == 0
        clock.advance(timedelta(seconds=1))
        assert revocations.expire() == 1
    assert closed == ["a"]
    assert revocations.is_over(soon)
    assert revocations.expire() == 0  # nothing is open any more


def test_what_opens_while_its_session_ends_is_closed_at_once() -> None:
    revocations = Revocations(ManualClock(NOON))
    revocations.revoke("a")
    closed: list[str] = []
    with revocations.watch(of("a"), lambda: closed.append("revoked")):
        pass
    with revocations.watch(of("b", NOON), lambda: closed.append("over")):
        pass
    assert closed == ["revoked", "over"]


def test_a_revocation_is_forgotten_when_no_ticket_can_be_left() -> None:
    clock = ManualClock(NOON)
    revocations = Revocations(clock)
    revocations.revoke("a")
    clock.advance(timedelta(hours=25))
    revocations.revoke("b")
    assert not revocations.is_revoked("a")


@pytest.fixture
async def login(database: Database) -> UUID:
    async with database.transaction() as session:
        return await add_login(session)


async def add_login(session: AsyncSession) -> UUID:
    now = SystemClock().now()
    row = Session(
        id=new_id(),
        token_sha256=b"t" * 32,
        operator_id=await build_operator(session),
        made_at=now,
        expires_at=now + timedelta(hours=14),
        address="127.0.0.1",
        user_agent="",
    )
    session.add(row)
    await session.flush()
    return row.id


@pytest.fixture
async def office_node(
    feed: Feed, login: UUID, settings: Settings, database: Database
) -> AsyncIterator[RunningNode]:
    async with running(KnownFeeds(feed), database, settings, SystemClock()) as started:
        yield started


async def revoke(database: Database, login: UUID) -> None:
    async with database.transaction() as session:
        found = await session.get_one(Session, login)
        found.revoked_at = SystemClock().now()
        bus.announce(session, "session", login, {"revoked": True})


@pytest.mark.postgis
async def test_a_logout_closes_walls_and_files_and_refuses_the_ticket(
    office_node: RunningNode, database: Database, login: UUID
) -> None:
    node = office_node
    mine, other = node.ticket(session=str(login)), node.ticket(session="another")
    url = f"ws://{node.host}/media/v1/live"
    path = f"/media/v1/cameras/{CAMERA}/live.mp4"
    async with (
        connect(url, proxy=None) as my_wall,
        connect(url, proxy=None) as other_wall,
        node.http.stream("GET", path, params={"ticket": mine}) as my_file,
    ):
        for wall, ticket in ((my_wall, mine), (other_wall, other)):
            await wall.send(json.dumps({"type": "add", "tile": 0, "ticket": ticket}))
            await wall.recv()
        await revoke(database, login)
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                await asyncio.wait_for(my_wall.recv(), 5)
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 4401
        async for _ in my_file.aiter_bytes():
            pass  # ends by itself
        await other_wall.send("{}")
        assert isinstance(await asyncio.wait_for(anext_text(other_wall), 5), str)
    refused = await node.http.get(path, params={"ticket": mine})
    assert (refused.status_code, "was ended" in refused.json()["detail"]) == (401, True)


async def anext_text(wall: object) -> str:
    async for message in wall:  # type: ignore[attr-defined]
        if isinstance(message, str):
            return message
    msg = "the wall was closed"
    raise AssertionError(msg)


@pytest.mark.postgis
async def test_a_logout_while_the_node_was_away_counts(
    database: Database, login: UUID, feed: Feed, settings: Settings
) -> None:
    await revoke(database, login)
    path = f"/media/v1/cameras/{CAMERA}/snapshot.jpg"
    async with running(KnownFeeds(feed), database, settings, SystemClock()) as node:
        query = {"ticket": node.ticket(session=str(login)), "stream": "sub"}
        for _ in range(100):  # the node opens its doors before it has caught up
            answer = await node.http.get(path, params=query)
            if answer.status_code == 401:
                break
            await asyncio.sleep(0.05)
        assert answer.status_code == 401


@pytest.mark.postgis
async def test_a_logout_reaches_every_worker_even_where_the_notice_is_lost(
    database: Database,
    login: UUID,
    feed: Feed,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(revocation, "_LOOK_S", 0.05)
    clock = SystemClock()
    async with (
        running(KnownFeeds(feed), database, settings, clock) as one,
        running(KnownFeeds(feed), database, settings, clock) as two,
        connect(f"ws://{one.host}/media/v1/live", proxy=None) as first,
        connect(f"ws://{two.host}/media/v1/live", proxy=None) as second,
    ):
        for wall in (first, second):
            ticket = one.ticket(session=str(login))
            await wall.send(json.dumps({"type": "add", "tile": 0, "ticket": ticket}))
            await wall.recv()
        async with database.transaction() as session:  # without a notice
            (await session.get_one(Session, login)).revoked_at = clock.now()
        for wall in (first, second):
            with pytest.raises(ConnectionClosed) as ended:
                while True:
                    await asyncio.wait_for(wall.recv(), 20)
            assert ended.value.rcvd is not None
            assert ended.value.rcvd.code == 4401
