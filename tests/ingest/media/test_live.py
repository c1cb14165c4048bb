"""A wall: tiles over one socket, as a browser or vision sees them."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import av
import pytest
from websockets.asyncio.client import ClientConnection, connect

from ingest.cameras.feed import Feed
from ingest.media import live, tickets, wire
from ingest.media.tickets import Ticket
from ingest.media.wire import Flag, Kind, Record
from models.kit.errors import InvalidInput
from models.observations import StreamState
from tests.ingest.media import footage
from tests.ingest.media.conftest import RunningNode


class Window:
    """An operator's window: what it sends, and the records it gets, in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.records: list[Record] = []
        self.errors: list[dict[str, Any]] = []

    async def say(self, **message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def until(self, kind: Kind, count: int = 1, *, tile: int | None = None) -> list[Record]:
        """Read until ``count`` records of a kind have come; return all of that kind."""
        while True:
            found = [r for r in self.records if r.kind is kind and tile in (None, r.tile)]
            if len(found) >= count:
                return found
            await self.read()

    async def error(self) -> dict[str, Any]:
        while not self.errors:
            await self.read()
        return self.errors.pop(0)

    async def read(self) -> None:
        message = await asyncio.wait_for(self.socket.recv(), 10)
        if isinstance(message, str):
            self.errors.append(json.loads(message))
        else:
            self.records += wire.unpack(message)


@pytest.fixture
async def window(node: RunningNode) -> AsyncIterator[Window]:
    async with connect(f"ws://{node.host}/media/v1/live", compression=None, proxy=None) as socket:
        yield Window(socket)


async def test_join_gives_state_config_and_the_cached_pictures(
    node: RunningNode, window: Window, feed: Feed
) -> None:
    await window.say(type="add", tile=3, ticket=node.ticket())
    frames = await window.until(Kind.FRAME, 5)
    assert {record.tile for record in window.records} == {3}
    notice, config = window.records[:2]
    assert wire.unpack_notice(notice.payload)["state"] == "live"
    parameters = feed.parameters
    assert parameters is not None
    assert wire.unpack_config(config.payload) == wire.Config(
        parameters.codec, footage.WIDTH, footage.HEIGHT, parameters.avcc_config
    )
    late, now = Flag.CATCH_UP, Flag.NONE
    assert [frame.flags for frame in frames] == [Flag.KEY | late, late, late, late, now]
    assert [frame.payload for frame in frames] == [unit.avcc for unit in feed.gop]
    assert frames[-1].media_time_s == pytest.approx(feed.gop[-1].shown_at)


async def test_what_arrives_can_be_decoded(node: RunningNode, window: Window, feed: Feed) -> None:
    await window.say(type="add", tile=0, ticket=node.ticket())
    await window.until(Kind.FRAME, 5)
    _, units = footage.clip(20)
    for unit in units[15:]:
        feed.publish(unit)
    frames = await window.until(Kind.FRAME, 10)
    decoder = av.CodecContext.create("h264", "r")
    [config] = await window.until(Kind.CONFIG)
    decoder.extradata = wire.unpack_config(config.payload).avcc_config
    pictures = [
        picture
        for packet in (*(av.Packet(frame.payload) for frame in frames), None)
        for picture in decoder.decode(packet)
    ]
    seen = [float(picture.to_ndarray(format="gray").mean()) for picture in pictures]
    assert seen == pytest.approx([footage.brightness(n) for n in range(10, 20)], abs=3)


async def test_key_only_gives_key_pictures_only(
    node: RunningNode, window: Window, feed: Feed
) -> None:
    await window.say(type="add", tile=0, ticket=node.ticket(), key_only=True)
    await window.until(Kind.FRAME)
    _, units = footage.clip(31)
    for unit in units[15:]:
        feed.publish(unit)
    frames = await window.until(Kind.FRAME, 3)
    assert [frame.flags for frame in frames] == [Flag.KEY, Flag.KEY, Flag.KEY]
    assert [frame.payload for frame in frames] == [units[n].avcc for n in (10, 20, 30)]


async def test_two_tiles_on_one_socket_and_one_removed(
    node: RunningNode, window: Window, feed: Feed
) -> None:
    for tile in (1, 2):
        await window.say(type="add", tile=tile, ticket=node.ticket())
    await window.until(Kind.FRAME, 5, tile=1)
    await window.until(Kind.FRAME, 5, tile=2)
    await window.say(type="focus", tile=2)
    await window.say(type="remove", tile=1)
    await window.say(type="nothing")
    await window.error()  # all before it is done
    window.records.clear()
    _, units = footage.clip(17)
    for unit in units[15:]:
        feed.publish(unit)
    await window.until(Kind.FRAME, 2, tile=2)
    assert {record.tile for record in window.records} == {2}


async def test_a_state_change_is_told(node: RunningNode, window: Window, feed: Feed) -> None:
    await window.say(type="add", tile=0, ticket=node.ticket())
    await window.until(Kind.NOTICE)
    feed.enter(StreamState.STALLED, datetime(2026, 3, 19, 7, 1, tzinfo=UTC), "no picture for 5 s")
    _, notice = await window.until(Kind.NOTICE, 2)
    assert wire.unpack_notice(notice.payload) == {
        "type": "state",
        "state": "stalled",
        "since": "2026-03-19T07:01:00+00:00",
        "detail": "no picture for 5 s",
    }


async def test_a_stalled_camera_shows_no_old_picture(
    node: RunningNode, window: Window, feed: Feed
) -> None:
    feed.enter(StreamState.STALLED, footage.START, "no picture for 5 s")
    await window.say(type="add", tile=0, ticket=node.ticket())
    await window.say(type="nothing")
    await window.error()  # whatever the tile had to say has come before this
    assert [record.kind for record in window.records] in (
        [],
        [Kind.NOTICE],
        [Kind.NOTICE, Kind.CONFIG],
    )


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", "null", '{"type":"add"}', '{"type":"dance","tile":1}', '{"tile":70000}'],
)
async def test_a_bad_message_is_answered_and_the_wall_goes_on(
    node: RunningNode, window: Window, message: str
) -> None:
    await window.socket.send(message)
    error = await window.error()
    assert (error["type"], error["problem"]["status"]) == ("error", 422)
    await window.socket.send(b"\x00\xff")
    assert (await window.error())["problem"]["status"] == 422
    await window.say(type="add", tile=0, ticket=node.ticket())
    await window.until(Kind.FRAME, 5)


async def test_only_a_good_ticket_opens_a_tile(node: RunningNode, window: Window) -> None:
    stale = node.clock.now() - tickets.SKEW - timedelta(seconds=1)
    for ticket, status in (
        ("noise", 401),
        (node.ticket(expires_at=stale), 401),
        (node.ticket("replay"), 403),
        (node.ticket(camera=uuid4()), 404),
        (node.ticket(camera=None), 401),
        (tickets.sign(_ticket_of(node), b"x" * 32), 401),
    ):
        await window.say(type="add", tile=7, ticket=ticket)
        error = await window.error()
        assert (error["tile"], error["problem"]["status"]) == (7, status)
    assert window.records == []


async def test_a_slow_wall_skips_to_a_key_picture_and_says_so(
    node: RunningNode, window: Window, feed: Feed
) -> None:
    await window.say(type="add", tile=0, ticket=node.ticket())
    await window.until(Kind.FRAME, 5)
    window.records.clear()
    _, units = footage.clip(41)
    sent = 0
    for _ in range(40):  # faster than any batch: nothing is read in between
        for unit in units[:40]:
            feed.publish(_padded(unit))
            sent += 1
    feed.publish(units[40])
    while not (window.records and window.records[-1].payload == units[40].avcc):
        await window.read()
    drops = [
        wire.unpack_notice(record.payload)["count"]
        for record in window.records
        if record.kind is Kind.NOTICE
    ]
    frames = [record for record in window.records if record.kind is Kind.FRAME]
    assert drops
    assert len(frames) + sum(drops) == sent + 1  # type: ignore[arg-type]
    after_drop = [
        following.flags
        for record, following in zip(window.records, window.records[1:], strict=False)
        if record.kind is Kind.NOTICE and following.kind is Kind.FRAME
    ]
    assert set(after_drop) == {Flag.KEY}


@pytest.mark.parametrize("text", ['{"type":"add","tile":"1","ticket":"t"}', "\ud800", "1" * 5000])
def test_messages_are_read_strictly(text: str) -> None:
    with pytest.raises(InvalidInput):
        live.parse(text)


def test_a_focus_on_nothing_is_a_message() -> None:
    assert live.parse('{"type":"focus","tile":null}') == live.Focus(type="focus", tile=None)


def _padded(unit: Any) -> Any:
    filler = b"\x0c" + b"\xff" * 20_000
    return unit.__class__(
        unit.sequence,
        unit.dts,
        unit.cts,
        unit.duration,
        unit.key,
        unit.avcc + len(filler).to_bytes(4, "big") + filler,
        unit.received_at,
    )


def _ticket_of(node: RunningNode) -> Ticket:
    return tickets.verify(node.ticket(), b"k" * 32, node.clock.now())
