"""WHEP against a second real WebRTC peer, which decodes the packets as the camera made them."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import aioice.ice
import pytest
from aiortc import RTCRtpReceiver

from ingest.cameras.feed import Feed
from ingest.media import aiortc_inside, peers, signalling
from ingest.media.packet_wire import PacketWire
from ingest.media.packets import Run
from models.kit.clock import ManualClock, SystemClock
from models.kit.database import Database
from models.kit.settings import Settings
from tests.ingest.media import footage
from tests.ingest.media.conftest import KnownFeeds, RunningNode, live_feed, running
from tests.ingest.media.viewers import (
    PATH,
    SDP,
    brightness_seen,
    connected,
    join,
    join_again,
    offer_of,
    viewer,
)

pytestmark = pytest.mark.usefixtures("loopback")


async def test_a_viewer_gets_the_cached_pictures_then_the_live_ones(
    node: RunningNode, feed: Feed
) -> None:
    async with viewer() as connection:
        answer = await join(node, connection)
        assert answer.status_code == 201
        assert answer.headers["content-type"].startswith("application/sdp")
        assert answer.headers["location"].startswith(f"{PATH}/")
        assert "H264/90000" in answer.text
        assert "VP8" not in answer.text
        await asyncio.wait_for(connected(connection), 10)
        await asyncio.sleep(0.1)
        _, units = footage.clip(40)
        for unit in units[15:]:
            feed.publish(unit)
            await asyncio.sleep(0.005)
        expected = [footage.brightness(n) for n in range(10, 30)]
        assert await brightness_seen(connection, 20) == pytest.approx(expected, abs=3)
        gone = await node.http.delete(answer.headers["location"])
        again = await node.http.delete(answer.headers["location"])
        assert (gone.status_code, again.status_code) == (204, 404)


async def test_lost_packets_are_sent_again(
    node: RunningNode, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, count = PacketWire.send, 0

    def lossy(
        self: PacketWire, picture: list[Run], sequence: int, timestamp: int, ssrc: int
    ) -> int:
        nonlocal count
        for run in picture:
            for begin, size in run.packets:
                count += 1
                packet = run.image[begin : begin + size + self.trailer]
                if count % 7 != 3:
                    alone = Run(packet, [(0, size)], [len(packet)], [])
                    send(self, [alone], sequence, timestamp, ssrc)
                sequence = (sequence + 1) & 0xFFFF
        return sequence

    async with viewer() as connection:
        await join(node, connection)
        await asyncio.wait_for(connected(connection), 10)
        monkeypatch.setattr(PacketWire, "send", lossy)
        _, units = footage.clip(60, noise=True)
        for unit in units[20:]:
            feed.publish(unit)
            await asyncio.sleep(0.01)
        assert len(await brightness_seen(connection, 30)) == 30
    metrics = (await node.http.get("/metrics")).text
    resent = next(
        line
        for line in metrics.splitlines()
        if line.startswith("ahual_media_whep_resent_packets_t")
    )
    assert float(resent.split()[1]) > 0


async def test_the_cap_refuses_the_third_and_leaves_the_others(node: RunningNode) -> None:
    async with viewer() as one, viewer() as two, viewer() as three:
        assert (await join(node, one)).status_code == 201
        first = await join(node, two)
        assert first.status_code == 201
        refused = await join(node, three)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
        await node.http.delete(first.headers["location"])
        assert (await join(node, three)).status_code == 201
        await asyncio.wait_for(connected(one), 10)


async def test_who_never_connects_makes_room_again(
    settings: Settings, no_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "SWEEP_S", 0.05)
    clock = ManualClock(footage.START)
    async with (
        running(KnownFeeds(live_feed(15)), no_database, settings, clock) as node,
        viewer() as one,
        viewer() as two,
        viewer() as three,
    ):
        for half_open in (one, two):
            answer = await node.http.post(
                PATH,
                params={"stream": "sub", "ticket": node.ticket()},
                content=await offer_of(half_open),
                headers=SDP,
            )
            assert answer.status_code == 201
        assert (await join(node, three)).status_code == 503
        clock.advance(timedelta(seconds=peers.SILENT_S + 1))
        for _ in range(200):
            answer = await join_again(node, three)
            if answer.status_code == 201:
                break
            await asyncio.sleep(0.1)
        assert answer.status_code == 201


async def test_a_camera_with_b_frames_is_sent_to_the_walls_transport(
    settings: Settings, no_database: Database
) -> None:
    feeds = KnownFeeds(live_feed(15, b_frames=2))
    async with running(feeds, no_database, settings, SystemClock()) as node, viewer() as connection:
        answer = await join(node, connection)
    assert answer.status_code == 409
    assert "/media/v1/live" in answer.json()["detail"]


async def test_a_camera_that_sent_nothing_yet(settings: Settings, no_database: Database) -> None:
    async with (
        running(KnownFeeds(live_feed()), no_database, settings, SystemClock()) as node,
        viewer() as connection,
    ):
        assert (await join(node, connection)).status_code == 503


@pytest.mark.parametrize(
    "body",
    [
        "",
        "noise",
        "v=0",
        "v=0\r\nm=video",
        "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n",
        "m=" * 40_000,
    ],
)
async def test_a_bad_offer_is_a_problem(node: RunningNode, body: str) -> None:
    headers = {**SDP, "Authorization": f"Bearer {node.ticket()}"}
    answer = await node.http.post(PATH, params={"stream": "sub"}, content=body, headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_offer_without_h264_is_refused(node: RunningNode) -> None:
    async with viewer() as connection:
        [transceiver] = connection.getTransceivers()
        capabilities = RTCRtpReceiver.getCapabilities("video")
        assert capabilities is not None
        vp8 = [codec for codec in capabilities.codecs if codec.mimeType == "video/VP8"]
        transceiver.setCodecPreferences(vp8)
        answer = await join(node, connection)
    assert (answer.status_code, "H.264" in answer.json()["detail"]) == (422, True)


async def test_an_offer_must_come_as_sdp(node: RunningNode) -> None:
    answer = await node.http.post(
        PATH, params={"stream": "sub", "ticket": node.ticket()}, json={"sdp": "v=0"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "Content-Type")


@pytest.mark.parametrize(
    ("fragment", "status"),
    [
        ("a=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n", 204),
        ("a=mid:0\r\na=candidate:1 1 udp 1 x-y.local 9 typ host\r\n", 204),  # left out
        ("", 204),
        ("a=mid:9\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n", 204),  # of no medium of ours
        ("a=candidate:noise\r\n", 204),  # left out too
        ("a=candidate:1 x udp 1 127.0.0.1 9 typ host\r\n", 422),
        ("a=ice-ufrag:another\r\na=ice-pwd:one\r\n", 422),
    ],
)
async def test_candidates_may_come_later(node: RunningNode, fragment: str, status: int) -> None:
    async with viewer() as connection:
        location = (await join(node, connection)).headers["location"]
        answer = await node.http.patch(
            location,
            content=fragment,
            headers={"Content-Type": "application/trickle-ice-sdpfrag"},
        )
        assert answer.status_code == status


async def test_nobody_may_touch_another_viewer(node: RunningNode) -> None:
    assert (await node.http.delete(f"{PATH}/guess")).status_code == 404


async def test_the_libraries_still_have_the_internals_that_are_touched() -> None:
    """Fails loudly after an upgrade: read aiortc_inside.py before pinning the new release."""
    connection, sender = signalling.make_peer()
    [transceiver] = connection.getTransceivers()
    assert aiortc_inside.missing(sender, transceiver.receiver) == []
    del sender._ssrc
    delattr(sender, "_RTCRtpSender__cname")
    assert aiortc_inside.missing(sender, transceiver.receiver) == [
        "_RTCRtpSender__cname",
        "_ssrc",
    ]
    await connection.close()


@pytest.mark.parametrize("given", ["127.0.0.1", "::1,127.0.0.1"])
async def test_only_the_addresses_of_the_settings_are_offered(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aioice.ice.get_host_addresses", aioice.ice.get_host_addresses)
    aiortc_inside.offer_only(Settings(media_addresses=given).media_addresses)
    connection, _ = signalling.make_peer()
    await connection.setLocalDescription(await connection.createOffer())
    sdp = connection.localDescription.sdp
    await connection.close()
    offered = {line.split()[4] for line in sdp.splitlines() if line.startswith("a=candidate:")}
    assert offered == set(given.split(","))


def test_no_other_file_touches_them() -> None:
    private = re.compile(
        r"_RTC[A-Z]\w+__|(?<!self)\._(tx_srtp|nominated|connection|srtp|ssrc|run_rtp)\b"
    )
    room = Path(aiortc_inside.__file__).parents[1]
    touching = [path.name for path in room.rglob("*.py") if private.search(path.read_text("utf-8"))]
    assert touching == ["aiortc_inside.py"]
