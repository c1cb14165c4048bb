"""A session that was ended, or that ran out, takes with it all that plays for it, by every door."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ingest.cameras.feed import Feed
from ingest.media import revocation
from ingest.simulated.rtsp_server import SimulatedCameras
from models.kit import bus
from models.kit.clock import Clock, ManualClock, SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.operator import Session
from tests.builders import build_operator
from tests.ingest.encoded import write_clip
from tests.ingest.media import footage
from tests.ingest.media.conftest import CAMERA, KnownFeeds, RunningNode, running
from tests.ingest.media.test_talk import speaker
from tests.ingest.media.viewers import SDP, connected, offer_of, viewer

pytestmark = pytest.mark.usefixtures("loopback")
ENDS_WITHIN_S = 5.0
REVOKED = 4401


@dataclass
class Playing:
    """All that one session has open at a node."""

    node: RunningNode
    wall: ClientConnection
    seek: ClientConnection
    file: httpx.Response
    peer: RTCPeerConnection
    talk: RTCPeerConnection

    async def end(self) -> None:
        """Return when all have ended; time out if any plays on."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            for socket in (self.wall, self.seek):
                with pytest.raises(ConnectionClosed) as ended:
                    while True:
                        await socket.recv()
                assert ended.value.rcvd is not None
                assert ended.value.rcvd.code == REVOKED
            async for _ in self.file.aiter_bytes():
                pass
            for connection in (self.peer, self.talk):
                while connection.connectionState != "closed":
                    await asyncio.sleep(0.02)


@asynccontextmanager
async def playing(node: RunningNode, session: str, ends_at: datetime) -> AsyncIterator[Playing]:
    def right(purpose: str) -> str:
        return node.ticket(purpose, session=session, session_ends_at=ends_at)  # type: ignore[arg-type]

    async def offered(path: str, purpose: str, sdp: str) -> str:
        headers = {**SDP, "Authorization": f"Bearer {right(purpose)}"}
        answer = await node.http.post(
            f"/media/v1/cameras/{CAMERA}/{path}", content=sdp, headers=headers
        )
        assert answer.status_code == 201, answer.text
        return answer.text

    live = {"type": "add", "tile": 0, "ticket": right("live")}
    replay = {"type": "open", "tile": 0, "ticket": right("replay"), "stream": "sub"}
    mp4 = f"/media/v1/cameras/{CAMERA}/live.mp4"
    async with (
        connect(f"ws://{node.host}/media/v1/live", proxy=None) as wall,
        connect(f"ws://{node.host}/media/v1/replay", proxy=None) as seek,
        node.http.stream("GET", mp4, params={"ticket": right("live")}) as file,
        viewer() as peer,
        speaker() as speaking,
    ):
        assert file.status_code == 200
        await wall.send(json.dumps(live))
        await wall.recv()
        await seek.send(json.dumps(replay))
        answer = await offered("whep?stream=sub", "live", await offer_of(peer))
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await asyncio.wait_for(connected(peer), 10)
        await speaking.take(await offered("talk", "talk", await speaking.offer()))
        yield Playing(node, wall, seek, file, peer, speaking.connection)


@pytest.fixture
async def feeds(feed: Feed, tmp_path: Path) -> AsyncIterator[KnownFeeds]:
    """One camera that shows a picture and has a loudspeaker."""
    async with SimulatedCameras(seed=1) as simulated:
        simulated.add("hall/main", {"x": write_clip(tmp_path / "x.mp4", pictures=10)})
        yield KnownFeeds(feed, addresses={CAMERA: simulated.url("hall/main")})


async def refused(node: RunningNode, session: str, ends_at: datetime) -> bool:
    ticket = node.ticket(session=session, session_ends_at=ends_at)
    answer = await node.http.get(
        f"/media/v1/cameras/{CAMERA}/snapshot.jpg", params={"ticket": ticket, "stream": "sub"}
    )
    return (answer.status_code, "was ended" in answer.json()["detail"]) == (401, True)


async def test_a_session_that_runs_out_ends_all_that_plays(
    feeds: KnownFeeds,
    settings: Settings,
    no_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(revocation, "_SWEEP_S", 0.05)
    clock = ManualClock(footage.START)
    ends_at = clock.now() + timedelta(seconds=5)
    async with (
        running(feeds, no_database, settings, clock) as node,
        playing(node, "s-1", ends_at) as all_of_it,
    ):
        clock.advance(timedelta(seconds=5))
        await all_of_it.end()
        assert await refused(node, "s-1", ends_at)


@pytest.mark.postgis
async def test_a_logout_ends_all_that_plays(
    feeds: KnownFeeds, settings: Settings, database: Database
) -> None:
    clock: Clock = SystemClock()
    ends_at = clock.now() + timedelta(hours=14)
    async with database.transaction() as session:
        row = Session(
            token_sha256=b"t" * 32,
            operator_id=await build_operator(session),
            made_at=clock.now(),
            expires_at=ends_at,
            address="127.0.0.1",
            user_agent="",
        )
        session.add(row)
        await session.flush()
        login = row.id
    async with (
        running(feeds, database, settings, clock) as node,
        playing(node, str(login), ends_at) as all_of_it,
    ):
        async with database.transaction() as session:
            (await session.get_one(Session, login)).revoked_at = clock.now()
            bus.announce(session, "session", login, {"revoked": True})
        await all_of_it.end()
        assert await refused(node, str(login), ends_at)
