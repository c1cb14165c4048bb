"""What waits for a wall: in order, in batches, never more than the bound, losses counted."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.media.outbox import MESSAGE_BYTES, Outbox


class Lane:
    def __init__(self, *, focused: bool = False) -> None:
        self.lost = 0
        self.focused = focused


def put(outbox: Outbox, lane: Lane, payload: bytes, *, at_once: bool = False) -> None:
    outbox.make_room(len(payload))
    outbox.put(lane, b"", payload, droppable=True, at_once=at_once)


async def taken(outbox: Outbox) -> bytes:
    parts, size = await outbox.take()
    message = b"".join(parts)
    assert len(message) == size
    return message


async def test_records_leave_in_order_and_together() -> None:
    outbox, lane = Outbox(gap_s=0.01), Lane()
    for letter in b"abc":
        put(outbox, lane, bytes([letter]))
    assert await taken(outbox) == b"abc"
    outbox.close()


async def test_what_comes_soon_after_a_message_waits_but_not_at_once() -> None:
    outbox, lane = Outbox(gap_s=3600), Lane()
    put(outbox, lane, b"first")
    assert await taken(outbox) == b"first"
    put(outbox, lane, b"a")
    taking = asyncio.create_task(taken(outbox))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not taking.done()
    put(outbox, lane, b"b", at_once=True)
    assert await asyncio.wait_for(taking, 5) == b"ab"
    outbox.close()


async def test_who_can_be_sent_to_directly_is_and_nobody_takes() -> None:
    outbox, lane = Outbox(gap_s=0), Lane()
    sent: list[bytes] = []
    takes_now = True

    def send_now(parts: Sequence[bytes], size: int) -> bool:
        if takes_now:
            sent.append(b"".join(parts))
            assert len(sent[-1]) == size
        return takes_now

    outbox.send_now = send_now
    taking = asyncio.create_task(taken(outbox))
    await asyncio.sleep(0)
    room = outbox.room
    put(outbox, lane, b"a")
    put(outbox, lane, b"b")
    await asyncio.sleep(0)
    assert (sent, outbox.room, taking.done()) == ([b"ab"], room, False)
    takes_now = False
    put(outbox, lane, b"c")
    assert await taking == b"c"
    takes_now = True  # but the task is still sending that: the next one must not overtake it
    put(outbox, lane, b"d")
    await asyncio.sleep(0)
    assert sent == [b"ab"]
    assert await taken(outbox) == b"d"
    outbox.close()


async def test_the_fullest_lane_loses_first_and_the_focused_one_last() -> None:
    outbox = Outbox(limit_bytes=100, gap_s=3600)
    small, full, focused = Lane(), Lane(), Lane(focused=True)
    put(outbox, small, bytes(10))
    put(outbox, full, bytes(30))
    put(outbox, focused, bytes(60))
    put(outbox, small, bytes(10))
    assert (small.lost, full.lost, focused.lost) == (0, 1, 0)
    put(outbox, full, bytes(90))
    assert (small.lost, full.lost, focused.lost) == (2, 1, 1)
    outbox.close()


async def test_a_message_stays_below_what_socket_libraries_accept() -> None:
    outbox, lane = Outbox(gap_s=0.01), Lane()
    for _ in range(5):
        put(outbox, lane, bytes(MESSAGE_BYTES // 2))
    sizes = [len(await taken(outbox)) for _ in range(3)]
    assert sizes == [MESSAGE_BYTES, MESSAGE_BYTES, MESSAGE_BYTES // 2]
    outbox.close()


async def test_what_was_forgotten_before_it_was_taken_is_no_message() -> None:
    outbox, gone, stays = Outbox(gap_s=3600), Lane(), Lane()
    put(outbox, gone, b"x", at_once=True)
    outbox.forget(gone)
    taking = asyncio.create_task(taken(outbox))
    await asyncio.sleep(0)
    put(outbox, stays, b"y", at_once=True)
    assert await taking == b"y"
    outbox.close()


async def test_a_removed_tile_sends_nothing_more() -> None:
    outbox, gone, stays = Outbox(gap_s=0.01), Lane(), Lane()
    put(outbox, gone, b"x")
    put(outbox, stays, b"y")
    assert outbox.forget(gone) == 1
    assert await taken(outbox) == b"y"
    outbox.close()


@pytest.mark.parametrize("droppable", [True, False])
async def test_only_what_may_not_be_dropped_can_overfill_it(droppable: bool) -> None:
    outbox, lane = Outbox(limit_bytes=10, gap_s=3600), Lane()
    for _ in range(20):
        outbox.make_room(1)
        outbox.put(lane, b"", b"n", droppable=droppable, at_once=False)
    assert outbox.overfull != droppable
    outbox.close()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 60)), max_size=60))
def test_every_picture_is_sent_or_counted_as_lost(pictures: list[tuple[int, int]]) -> None:
    async def run() -> None:
        outbox = Outbox(limit_bytes=100, gap_s=0)
        lanes = [Lane(), Lane(), Lane(focused=True)]
        for lane, size in pictures:
            put(outbox, lanes[lane], bytes([lane]) * size)
            assert not outbox.overfull
        sent = b""
        lost = sum(lane.lost for lane in lanes)
        if lost < len(pictures):
            sent = await taken(outbox)
        assert len(sent) <= 100
        assert (len(pictures) - lost > 0) == bool(sent)
        outbox.close()

    asyncio.run(run())
