"""Tiles of one wall, without a socket: what may follow what, and how many there may be."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ingest.cameras.feed import Feed
from ingest.media import wire
from ingest.media.metrics import WALL_TILES
from ingest.media.outbox import LIMIT_BYTES, Outbox
from ingest.media.wall import TILES_MAX, UNPLAYABLE, Wall
from ingest.media.wire import Kind, Record
from models.kit.clock import ManualClock
from models.kit.errors import Conflict, TooMany
from tests.ingest.media import footage
from tests.ingest.media.conftest import live_feed


@pytest.fixture
async def wall() -> AsyncIterator[Wall]:
    opened = Wall(Outbox(gap_s=0), ManualClock(footage.START))
    yield opened
    opened.close()


async def records_of(wall: Wall) -> list[Record]:
    parts, _ = await wall.outbox.take()
    return list(wire.unpack(b"".join(parts)))


async def frames_of(wall: Wall) -> list[Record]:
    return [record for record in await records_of(wall) if record.kind is Kind.FRAME]


async def test_a_tile_begins_with_a_key_picture_also_without_a_cache(wall: Wall) -> None:
    feed = live_feed()
    parameters, units = footage.clip(12)
    wall.add(0, feed, key_only=False)
    feed.publish_parameters(parameters)
    for unit in units[5:12]:
        feed.publish(unit)
    assert [frame.payload for frame in await frames_of(wall)] == [u.avcc for u in units[10:12]]


async def test_a_cache_that_does_not_fit_is_left_for_the_next_key_picture(
    wall: Wall, feed: Feed
) -> None:
    huge = feed.gop[0].__class__(99, 0, 0, 1, False, bytes(LIMIT_BYTES), 0.0)
    feed.gop.append(huge)
    wall.add(0, feed, key_only=False)
    _, units = footage.clip(21)
    feed.publish(units[19])
    feed.publish(units[20])
    assert [frame.payload for frame in await frames_of(wall)] == [units[20].avcc]


async def test_a_tile_that_is_added_again_shows_the_new_camera_only(wall: Wall, feed: Feed) -> None:
    before = live_feed(3)
    wall.add(5, before, key_only=False)
    wall.focus(5)
    wall.add(5, feed, key_only=False)
    _, units = footage.clip(4)
    before.publish(units[3])
    payloads = [frame.payload for frame in await frames_of(wall)]
    assert payloads == [unit.avcc for unit in feed.gop]


async def test_h265_is_refused_and_told_to_who_watches_already(wall: Wall, feed: Feed) -> None:
    wall.add(0, feed, key_only=False)
    h264 = feed.parameters
    assert h264 is not None
    await records_of(wall)
    feed.publish_parameters(replace(h264, codec="hvc1.1.6.L93.b0"))
    feed.publish(footage.clip(1)[1][0])
    records = await records_of(wall)
    assert [record.kind for record in records] == [Kind.NOTICE]
    notice = wire.unpack_notice(records[0].payload)
    assert (notice["state"], notice["detail"]) == ("unsupported", UNPLAYABLE)
    with pytest.raises(Conflict, match=r"H\.264 sub stream"):
        wall.add(1, feed, key_only=False)
    feed.publish_parameters(h264)
    feed.publish(footage.clip(1)[1][0])
    records = await records_of(wall)
    assert [record.kind for record in records] == [Kind.CONFIG, Kind.FRAME]


async def test_a_wall_has_an_end(wall: Wall, feed: Feed) -> None:
    for number in range(TILES_MAX):
        wall.add(number, feed, key_only=True)
    with pytest.raises(TooMany):
        wall.add(TILES_MAX, feed, key_only=True)
    wall.add(0, feed, key_only=True)  # the same tile again is no new one


async def test_orders_may_come_twice_and_early(wall: Wall, feed: Feed) -> None:
    wall.remove(7)
    wall.focus(7)
    wall.add(7, feed, key_only=False)
    focused = [wall._tiles[7].focused]
    wall.focus(None)
    assert [*focused, wall._tiles[7].focused] == [True, False]
    wall.remove(7)
    wall.remove(7)
    assert feed._sinks == []


async def test_a_closed_wall_leaves_its_feeds(feed: Feed) -> None:
    wall = Wall(Outbox(), ManualClock(footage.START))
    tiles_before = WALL_TILES._value.get()
    wall.add(0, feed, key_only=False)
    wall.close()
    assert feed._sinks == []
    assert WALL_TILES._value.get() == tiles_before
