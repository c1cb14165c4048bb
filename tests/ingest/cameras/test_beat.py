"""The beat calls whoever has something to read, and nobody after they left."""

import asyncio
import socket
from datetime import timedelta
from functools import partial

from ingest.cameras.beat import EVERY_S, Beat
from models.kit.clock import ManualClock
from tests.builders import NOON


async def test_only_those_with_something_to_read_are_called() -> None:
    beat = Beat()
    called: list[tuple[int, bytes]] = []
    pairs = [socket.socketpair() for _ in range(3)]

    def read(number: int, ours: socket.socket) -> None:
        called.append((number, ours.recv(9)))

    for number, (ours, _) in enumerate(pairs):
        beat.add(ours.fileno(), partial(read, number, ours))
    pairs[1][1].send(b"x")
    pairs[2][1].send(b"y")
    async with asyncio.timeout(5):
        while len(called) < 2:
            await asyncio.sleep(EVERY_S)
    assert sorted(called) == [(1, b"x"), (2, b"y")]
    for ours, theirs in pairs:
        beat.remove(ours.fileno())
        ours.close()
        theirs.close()


async def test_who_left_during_a_beat_is_not_called() -> None:
    beat = Beat()
    called: list[int] = []
    pairs = [socket.socketpair() for _ in range(2)]

    def leave_all() -> None:
        called.append(1)
        for ours, _ in pairs:
            beat.remove(ours.fileno())

    for ours, theirs in pairs:
        beat.add(ours.fileno(), leave_all)
        theirs.send(b"x")
    await asyncio.sleep(EVERY_S * 5)
    assert called == [1]
    beat.add(pairs[0][0].fileno(), leave_all)  # and it begins again
    async with asyncio.timeout(5):
        while called != [1, 1]:
            await asyncio.sleep(EVERY_S)
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


async def test_who_rests_is_called_at_its_time_and_each_beat_after_it() -> None:
    beat, loop = Beat(), asyncio.get_running_loop()
    called: list[float] = []
    ours, theirs = socket.socketpair()
    beat.add(ours.fileno(), lambda: called.append(loop.time()))
    until_s = loop.time() + EVERY_S * 5
    beat.rest(ours.fileno(), until_s)
    theirs.send(b"x")
    async with asyncio.timeout(5):
        while len(called) < 3:
            await asyncio.sleep(EVERY_S)
    assert called[0] >= until_s
    beat.remove(ours.fileno())
    ours.close()
    theirs.close()


async def test_who_hurries_rests_no_longer() -> None:
    beat, loop = Beat(), asyncio.get_running_loop()
    called = asyncio.Event()
    pairs = [socket.socketpair() for _ in range(2)]
    for ours, _ in pairs:
        beat.add(ours.fileno(), called.set)
        beat.rest(ours.fileno(), loop.time() + 60)
    pairs[0][1].send(b"x")
    beat.hurry(pairs[0][0].fileno())
    await asyncio.wait_for(called.wait(), 5)
    for ours, theirs in pairs:
        beat.remove(ours.fileno())
        ours.close()
        theirs.close()


async def test_a_node_that_is_late_gives_others_their_turn() -> None:
    clock, loop = ManualClock(NOON), asyncio.get_running_loop()
    beat = Beat(clock)
    said: list[str] = []
    pairs = [socket.socketpair() for _ in range(4)]

    def read(number: int) -> None:
        said.append(f"read {number}")
        loop.call_soon(said.append, "others")
        clock.advance(timedelta(seconds=0.03))
        beat.rest(pairs[number][0].fileno(), loop.time() + 60)

    for number, (ours, _) in enumerate(pairs):
        beat.add(ours.fileno(), partial(read, number))
        beat.rest(ours.fileno(), loop.time() + number / 1e6)
    async with asyncio.timeout(5):
        while len(said) < 8:
            await asyncio.sleep(EVERY_S)
    assert said == [
        *("read 0", "read 1", "others", "others"),
        *("read 2", "read 3", "others", "others"),
    ]
    for ours, theirs in pairs:
        beat.remove(ours.fileno())
        ours.close()
        theirs.close()


async def test_who_rests_hears_at_once_that_the_peer_has_left() -> None:
    beat, loop = Beat(), asyncio.get_running_loop()
    seen = asyncio.Event()
    pairs = [socket.socketpair() for _ in range(2)]

    def read(ours: socket.socket) -> None:
        if not ours.recv(1):  # a byte a call: it is called until it has seen the end
            seen.set()
            beat.remove(ours.fileno())

    for ours, theirs in pairs:
        beat.add(ours.fileno(), partial(read, ours))
        beat.rest(ours.fileno(), loop.time() + 60)
        theirs.send(b"xyz")
    pairs[0][1].close()
    await asyncio.wait_for(seen.wait(), 5)
    assert pairs[1][0].recv(3) == b"xyz"
    beat.remove(pairs[1][0].fileno())
    for ours, theirs in pairs:
        ours.close()
        theirs.close()
