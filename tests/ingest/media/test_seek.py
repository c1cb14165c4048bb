"""WS /media/v1/replay over real files: the exact picture of an instant, gaps, refusals."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import av
import pytest
from sqlalchemy import update
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ingest.media import wire
from ingest.media.seek_messages import TILES_MAX
from ingest.media.wire import Flag, Kind, Record
from models.kit import bus
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.recording import Recording, RecordingGap
from tests.builders import build_office
from tests.ingest.media import footage
from tests.ingest.media.archive import record
from tests.ingest.media.conftest import KnownFeeds, RunningNode, running

pytestmark = pytest.mark.postgis
ZERO_S = footage.START.timestamp()


def at(seconds: float) -> datetime:
    return footage.START + timedelta(seconds=seconds)


@pytest.fixture
async def camera(database: Database, settings: Settings) -> UUID:
    """4 s of footage in two files, 6 s of none because the camera stalled, 2 s of footage."""
    async with database.transaction() as session:
        camera_id = (await build_office(session)).cameras[0]
        for start in (0, 2, 10):
            await record(session, settings.recordings_path, camera_id, start=at(start), pictures=20)
        session.add(
            RecordingGap(
                camera_id=camera_id,
                stream_kind="main",
                started_at=at(4),
                ended_at=at(10),
                reason="stalled",
            )
        )
    return camera_id


@pytest.fixture
async def archive_node(
    camera: UUID, settings: Settings, database: Database
) -> AsyncIterator[RunningNode]:
    async with running(KnownFeeds(), database, settings, SystemClock()) as started:
        yield started


class Window:
    """A replay socket; decodes what it gets as a browser does."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.config: wire.Config | None = None

    async def say(self, **wish: object) -> None:
        await self.socket.send(json.dumps(wish))

    async def heard(self) -> list[Record]:
        message = await self.socket.recv()
        assert isinstance(message, bytes), message
        records = list(wire.unpack(message))
        for one in records:
            if one.kind is Kind.CONFIG:
                self.config = wire.unpack_config(one.payload)
        return records

    async def refused(self) -> dict[str, Any]:
        message = await self.socket.recv()
        assert isinstance(message, str)
        problem: dict[str, Any] = json.loads(message)["problem"]
        return problem

    def drawn(self, records: list[Record]) -> list[int]:
        """Return the brightness of the pictures that are to be drawn."""
        assert self.config is not None
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = self.config.avcc_config
        frames = [one for one in records if one.kind is Kind.FRAME]
        pictures = [p for one in frames for p in decoder.decode(av.Packet(one.payload))]
        pictures += decoder.decode(None)
        assert len(pictures) == len(frames)
        return [
            round(float(picture.to_ndarray(format="gray").mean()))
            for picture, one in zip(pictures, frames, strict=True)
            if not one.flags & Flag.CATCH_UP
        ]


def notice(records: list[Record]) -> dict[str, object]:
    assert records[-1].kind is Kind.NOTICE
    return wire.unpack_notice(records[-1].payload)


@asynccontextmanager
async def window(node: RunningNode) -> AsyncIterator[Window]:
    url = f"ws://{node.host}/media/v1/replay"
    async with connect(url, compression=None, proxy=None) as socket:
        yield Window(socket)


@asynccontextmanager
async def opened(node: RunningNode, camera: UUID, **ticket: object) -> AsyncIterator[Window]:
    async with window(node) as made:
        text = node.ticket("replay", camera=camera, **ticket)
        await made.say(type="open", tile=1, ticket=text)
        yield made


@pytest.mark.parametrize(
    ("seconds", "pick", "number", "shown_s"),
    [
        (0, "first", 0, 0),
        (1.25, "first", 13, 1.3),
        (1.3, "first", 13, 1.3),
        (1.95, "first", 0, 2.0),  # the next file counts from 0
        (3.97, "first", 19, 3.9),  # its last picture is on screen until the hole
        (10.5, "first", 5, 10.5),
        (1.3, "after", 14, 1.4),
        (1.3, "before", 12, 1.2),
        (2.0, "before", 19, 1.9),
        (3.9, "after", 0, 10.0),
        (0, "before", 0, 0),
    ],
)
async def test_the_exact_picture_of_an_instant(
    archive_node: RunningNode, camera: UUID, seconds: float, pick: str, number: int, shown_s: float
) -> None:
    async with opened(archive_node, camera) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S + seconds, pick=pick)
        records = await seeker.heard()
        assert seeker.drawn(records) == [pytest.approx(footage.brightness(number), abs=3)]
        assert notice(records)["picture_at"] == pytest.approx(ZERO_S + shown_s, abs=1e-4)
        again = ZERO_S + seconds
        await seeker.say(type="seek", tile=None, at=again, pick=pick)
        assert Kind.CONFIG not in [one.kind for one in await seeker.heard()]


async def test_a_rough_seek_is_one_picture(archive_node: RunningNode, camera: UUID) -> None:
    async with opened(archive_node, camera) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S + 1.7, exact=False)
        records = await seeker.heard()
        assert [one.kind for one in records] == [Kind.CONFIG, Kind.FRAME, Kind.NOTICE]
        assert notice(records)["picture_at"] == pytest.approx(ZERO_S + 1, abs=1e-4)


async def test_reading_on_gives_every_picture_once(archive_node: RunningNode, camera: UUID) -> None:
    async with opened(archive_node, camera) as seeker:
        position, shown, told = ZERO_S, [], []
        for _ in range(8):
            await seeker.say(type="read", tile=1, at=position)
            records = await seeker.heard()
            shown += [one.media_time_s for one in records if one.kind is Kind.FRAME]
            told.append(notice(records))
            follows = told[-1].get("until") or told[-1]["to"]
            if follows is None:
                break
            assert isinstance(follows, float)
            position = follows
        expected = [n / 10 for n in range(40)] + [10 + n / 10 for n in range(20)]
        assert shown == pytest.approx([ZERO_S + s for s in expected], abs=1e-4)
        assert [one["type"] for one in told] == ["read"] * 4 + ["gap"] + ["read"] * 2 + ["gap"]


async def test_a_gap_says_until_when_and_why(archive_node: RunningNode, camera: UUID) -> None:
    async with opened(archive_node, camera) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S + 6)
        assert notice(await seeker.heard()) == {
            "type": "gap",
            "at": ZERO_S + 6,
            "from": ZERO_S + 4,
            "to": ZERO_S + 10,
            "reason": "stalled",
        }
        await seeker.say(type="seek", tile=1, at=ZERO_S + 90_000)
        assert notice(await seeker.heard())["reason"] is None


async def test_a_file_that_is_gone_or_cut_is_said(
    archive_node: RunningNode, camera: UUID, settings: Settings
) -> None:
    first, second, third = sorted(settings.recordings_path.rglob("*.mp4"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:2000])
    content = third.read_bytes()
    third.write_bytes(content[:500] + bytes(len(content) - 500))
    async with opened(archive_node, camera) as seeker:
        for seconds, status in ((0.5, 404), (3.5, 404), (10.5, 422)):
            await seeker.say(type="seek", tile=1, at=ZERO_S + seconds)
            assert (await seeker.refused())["status"] == status


async def test_the_tickets_interval_and_camera_hold(
    archive_node: RunningNode, camera: UUID
) -> None:
    async with opened(archive_node, camera, starts_at=at(0), ends_at=at(2)) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S + 3)
        assert (await seeker.refused())["status"] == 403
        await seeker.say(type="open", tile=1, ticket=archive_node.ticket("live", camera=camera))
        assert (await seeker.refused())["status"] == 403
        await seeker.say(type="open", tile=1, ticket="noise")
        assert (await seeker.refused())["status"] == 401
        await seeker.say(type="seek", tile=7, at=ZERO_S)
        assert (await seeker.refused())["status"] == 404


async def test_tiles_are_bounded_and_sought_together(
    archive_node: RunningNode, camera: UUID
) -> None:
    async with window(archive_node) as seeker:
        ticket = archive_node.ticket("replay", camera=camera)
        for tile in range(TILES_MAX + 1):
            await seeker.say(type="open", tile=tile, ticket=ticket)
        assert (await seeker.refused())["status"] == 429
        await seeker.say(type="close", tile=0)
        await seeker.say(type="open", tile=TILES_MAX, ticket=ticket)
        await seeker.say(type="seek", tile=None, at=ZERO_S + 1)
        tiles = {(await seeker.heard())[0].tile for _ in range(TILES_MAX)}
        assert tiles == set(range(1, TILES_MAX + 1))


@pytest.mark.parametrize(
    "noise",
    [
        "",
        "{}",
        "[]",
        '{"type":"seek"}',
        '{"type":"seek","tile":1,"at":NaN}',
        '{"type":"seek","tile":1,"at":1e300}',
        '{"type":"seek","tile":-1,"at":1}',
        '{"type":"dance"}',
    ],
)
async def test_noise_is_refused_and_the_socket_lives(node: RunningNode, noise: str) -> None:
    async with window(node) as seeker:
        await seeker.socket.send(noise)
        assert (await seeker.refused())["status"] == 422
        await seeker.socket.send(b"\x00")
        assert (await seeker.refused())["status"] == 422


async def test_without_its_database_it_says_so(node: RunningNode) -> None:
    async with opened(node, UUID(int=7)) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S)
        assert (await seeker.refused())["status"] == 503


async def test_a_revoked_session_is_closed(
    archive_node: RunningNode, camera: UUID, database: Database
) -> None:
    async with opened(archive_node, camera) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S)
        await seeker.heard()
        async with database.transaction() as session:
            bus.announce(session, "session", "s-1", {"revoked": True})
        with pytest.raises(ConnectionClosed) as closed:
            await seeker.socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_h265_is_refused_with_the_way_out(
    archive_node: RunningNode, camera: UUID, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(update(Recording).values(codec="hvc1.1.6.L93.b0"))
    async with opened(archive_node, camera) as seeker:
        await seeker.say(type="seek", tile=1, at=ZERO_S + 1)
        refused = await seeker.refused()
        assert (refused["status"], "sub stream" in refused["detail"]) == (409, True)
    span = {"from": str(ZERO_S), "to": str(ZERO_S + 4)}
    for door, status in (("replay.m3u8", 409), ("thumbnails", 404)):
        query = {**span, "ticket": archive_node.ticket("replay", camera=camera)}
        answer = await archive_node.http.get(f"/media/v1/cameras/{camera}/{door}", params=query)
        assert answer.status_code == status
