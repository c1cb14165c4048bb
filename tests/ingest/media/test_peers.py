"""Viewers of the node: led to another camera, opened in turns, reaped, never disturbed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import UUID

import av
import httpx
import pytest
from aiortc import RTCPeerConnection
from aiortc.rtp import RTCP_PSFB_FIR, RTCP_PSFB_PLI, RtcpPsfbPacket

from ingest.cameras.feed import Feed
from ingest.media import handshakes, peers
from ingest.media.handshakes import Handshakes
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.errors import Unavailable
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from tests.ingest.media import footage
from tests.ingest.media.conftest import KnownFeeds, RunningNode, live_feed, running
from tests.ingest.media.viewers import brightness_seen, connected, join, viewer

pytestmark = pytest.mark.usefixtures("loopback")

OTHER = UUID("0195a000-0000-7000-8000-00000000000b")
REORDERED = UUID("0195a000-0000-7000-8000-00000000000c")


def feed_of(camera: UUID, **clip: object) -> Feed:
    """A live feed an hour ahead of the others', at the 25th picture of its clip."""
    feed = Feed(camera, StreamKind.SUB, footage.START)
    feed.enter(StreamState.LIVE, footage.START)
    parameters, units = footage.clip(25, start=footage.START + timedelta(hours=1), **clip)  # type: ignore[arg-type]
    feed.publish_parameters(parameters)
    for unit in units:
        feed.publish(unit)
    return feed


@pytest.fixture
def other() -> Feed:
    return feed_of(OTHER)


@pytest.fixture
async def two_cameras(
    feed: Feed, other: Feed, settings: Settings, no_database: Database
) -> AsyncIterator[RunningNode]:
    feeds = KnownFeeds(feed, other, feed_of(REORDERED, b_frames=2))
    async with running(feeds, no_database, settings, SystemClock()) as started:
        yield started


async def switch(node: RunningNode, location: str, camera: UUID, **other: object) -> httpx.Response:
    wish = {"ticket": node.ticket(camera=camera, **other), "stream": "sub"}  # type: ignore[arg-type]
    peer_id = location.rsplit("/", 1)[1]
    return await node.http.post(f"/media/v1/whep/{peer_id}/camera", json=wish)


async def pictures(connection: RTCPeerConnection, count: int) -> list[tuple[float, int]]:
    """Return brightness and RTP time of the next pictures."""
    [transceiver] = connection.getTransceivers()
    seen = []
    for _ in range(count):
        frame = await asyncio.wait_for(transceiver.receiver.track.recv(), 10)
        assert isinstance(frame, av.VideoFrame)
        assert frame.pts is not None
        seen.append((float(frame.to_ndarray(format="gray").mean()), frame.pts))
    return seen


async def test_a_viewer_is_led_to_another_camera_and_time_goes_on(
    two_cameras: RunningNode, feed: Feed, other: Feed
) -> None:
    async with viewer() as connection:
        location = (await join(two_cameras, connection)).headers["location"]
        await asyncio.wait_for(connected(connection), 10)
        _, units = footage.clip(19)
        for unit in units[15:]:
            feed.publish(unit)
        before = await pictures(connection, 8)
        assert (await switch(two_cameras, location, OTHER)).status_code == 204
        await asyncio.sleep(0.1)
        _, units = footage.clip(40, start=footage.START + timedelta(hours=1))
        for unit in units[25:]:
            feed.publish(unit)  # nobody watches it any more
            other.publish(unit)
            await asyncio.sleep(0.005)
        after = await pictures(connection, 12)
        while after[0][0] < footage.brightness(19):  # what aiortc still held of the first camera
            after = [*after[1:], *await pictures(connection, 1)]
        expected = [footage.brightness(n) for n in range(20, 32)]
        assert [bright for bright, _ in after] == pytest.approx(expected, abs=3)
        times = [time for _, time in [*before, *after]]
        assert times == sorted(set(times))
        assert times[-1] - times[0] < 60 * 90_000  # the second camera's clock is an hour ahead
        assert (await two_cameras.http.delete(location)).status_code == 204


async def test_a_switch_that_cannot_be_leaves_the_viewer_as_it_was(
    two_cameras: RunningNode, feed: Feed
) -> None:
    async with viewer() as connection:
        location = (await join(two_cameras, connection)).headers["location"]
        await asyncio.wait_for(connected(connection), 10)
        reordered = await switch(two_cameras, location, REORDERED)
        assert (reordered.status_code, "/media/v1/live" in reordered.text) == (409, True)
        assert (await switch(two_cameras, location, OTHER, session="s-2")).status_code == 403
        assert (await switch(two_cameras, location, OTHER, purpose="replay")).status_code == 403
        assert (await switch(two_cameras, location, UUID(int=5))).status_code == 404
        assert (await switch(two_cameras, "/guess", OTHER)).status_code == 404
        await asyncio.sleep(0.1)
        _, units = footage.clip(40)
        for unit in units[15:]:
            feed.publish(unit)
            await asyncio.sleep(0.005)
        expected = [footage.brightness(n) for n in range(10, 20)]
        assert await brightness_seen(connection, 10) == pytest.approx(expected, abs=3)


async def test_a_browser_that_asks_for_key_pictures_is_harmless(
    node: RunningNode, feed: Feed
) -> None:
    async with viewer() as connection:
        await join(node, connection)
        await asyncio.wait_for(connected(connection), 10)
        transport = connection.getTransceivers()[0].receiver.transport
        for kind in (RTCP_PSFB_PLI, RTCP_PSFB_FIR) * 20:
            await transport._send_rtp(bytes(RtcpPsfbPacket(fmt=kind, ssrc=1, media_ssrc=2)))
        _, units = footage.clip(40)
        for unit in units[15:]:
            feed.publish(unit)
            await asyncio.sleep(0.005)
        expected = [footage.brightness(n) for n in range(10, 25)]
        assert await brightness_seen(connection, 15) == pytest.approx(expected, abs=3)


async def test_who_never_finishes_dtls_is_reaped_and_disturbs_nobody(
    settings: Settings, no_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(footage.START)
    feed = live_feed(15)
    monkeypatch.setattr(peers, "SWEEP_S", 0.05)
    async with (
        running(KnownFeeds(feed), no_database, settings, clock) as node,
        viewer() as good,
        viewer() as stuck,
        viewer() as third,
    ):

        async def never(_parameters: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(stuck.getTransceivers()[0].receiver.transport, "start", never)
        await join(node, good)
        await asyncio.wait_for(connected(good), 10)
        assert (await join(node, stuck)).status_code == 201
        while stuck.iceConnectionState != "completed":
            await asyncio.sleep(0.01)
        assert (await join(node, third)).status_code == 503
        clock.advance(timedelta(seconds=peers.SILENT_S - 1))
        [transceiver] = good.getTransceivers()
        await transceiver.receiver.transport._send_rtp(
            bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=_ssrc(good)))
        )
        await asyncio.sleep(0.2)
        clock.advance(timedelta(seconds=2))
        async with asyncio.timeout(10):
            while "ahual_media_whep_peers 1.0" not in (await node.http.get("/metrics")).text:
                await asyncio.sleep(0.05)
        clock.advance(timedelta(seconds=peers.SILENT_S / 2))
        await asyncio.sleep(0.2)  # time for more sweeps: who reports stays
        assert good.connectionState == "connected"
        _, units = footage.clip(40)
        for unit in units[15:]:
            feed.publish(unit)
        assert len(await brightness_seen(good, 20)) == 20


def _ssrc(connection: RTCPeerConnection) -> int:
    line = next(
        line for line in connection.remoteDescription.sdp.splitlines() if line.startswith("a=ssrc:")
    )
    return int(line.removeprefix("a=ssrc:").split()[0])


async def test_many_at_once_take_turns_and_all_get_in(
    feed: Feed, settings: Settings, no_database: Database
) -> None:
    room = settings.model_copy(update={"whep_peers_max": 12})
    async with (
        running(KnownFeeds(feed), no_database, room, SystemClock()) as node,
        AsyncExitStack() as viewers,
    ):
        connections = [await viewers.enter_async_context(viewer()) for _ in range(12)]
        answers = await asyncio.gather(*(join(node, one) for one in connections))
        assert {answer.status_code for answer in answers} == {201}
        for one in connections:
            await asyncio.wait_for(connected(one), 10)


async def test_a_turn_ends_by_itself_and_waiting_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handshakes, "AT_ONCE", 1)
    monkeypatch.setattr(handshakes, "PATIENCE_S", 0.05)
    turns = Handshakes()
    end = await turns.begin()
    with pytest.raises(Unavailable):
        await turns.begin()
    end()
    end()  # twice is once
    await turns.begin()
    with pytest.raises(Unavailable):
        await turns.begin()
    monkeypatch.setattr(handshakes, "PATIENCE_S", 10)
    monkeypatch.setattr(handshakes, "LONGEST_S", 0.05)
    turns = Handshakes()
    await turns.begin()  # and never says that it is done
    await turns.begin()
