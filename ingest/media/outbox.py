"""What waits for one slow or fast wall: gathered for a moment, bounded by bytes. Event loop only.

A message costs as much as ten pictures do, so pictures share one. But those that come together, as
the cameras of one beat (ingest/cameras/beat.py), go together when the last of them is there.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

GAP_S = 0.015  # below the cameras' beat: no beat waits for the next one
LIMIT_BYTES = 4 * 1024 * 1024
MESSAGE_BYTES = 512 * 1024  # keeps one message below what socket libraries accept by default


class Lane(Protocol):
    """A tile as the outbox sees it.

    Attributes:
        lost: pictures dropped since the last one that was sent; the outbox adds to it.
        focused: dropped last.
    """

    lost: int
    focused: bool


class Outbox:
    """Records in order of arrival; over the limit the fullest lane loses its pictures.

    Records come by the thousand a second: what is done for each is kept to three list operations.

    Attributes:
        room: bytes that still fit.
        send_now: sends one message and says True, or False where only ``take`` helps. It spares
            most of a message's cost, which is to wake the task that takes.
    """

    def __init__(self, *, limit_bytes: int = LIMIT_BYTES, gap_s: float = GAP_S) -> None:
        self.room = limit_bytes
        self.send_now: Callable[[Sequence[bytes], int], bool] | None = None
        self._limit_bytes = limit_bytes
        self._gap_s = gap_s
        self._loop = asyncio.get_running_loop()
        self._next_s = 0.0  # before, by the loop's clock, no message that can wait
        self._parts: list[bytes] = []  # head and payload of each record by turns
        self._owners: list[tuple[Lane, bool]] = []  # of each record, and whether it is a picture
        self._due: asyncio.Handle | None = None
        self._soon = False  # it is due as soon as all that runs now has run
        self._taker: asyncio.Future[None] | None = None
        self._ready = False

    @property
    def overfull(self) -> bool:
        """True when even without pictures too much waits: this reader takes nothing at all."""
        return self.room < 0

    def make_room(self, size: int) -> None:
        """Drop pictures, lane by lane, until ``size`` bytes fit; lanes learn it by ``lost``."""
        while self.room < size:
            weights: dict[int, int] = {}
            lanes: dict[int, Lane] = {}
            for number, (lane, droppable) in enumerate(self._owners):
                if droppable:
                    lanes[id(lane)] = lane
                    weights[id(lane)] = weights.get(id(lane), 0) + self._size_of(number)
            if not weights:
                return
            fullest = max(weights, key=lambda key: (not lanes[key].focused, weights[key]))
            lanes[fullest].lost += self.forget(lanes[fullest], only_droppable=True)

    def put(
        self, lane: Lane, head: bytes, payload: bytes, *, droppable: bool, at_once: bool
    ) -> None:
        """Queue one record of a lane; ``at_once``: whatever went just before."""
        self._parts += (head, payload)
        self._owners.append((lane, droppable))
        self.room -= len(head) + len(payload)
        if self._due is None:
            if not self._ready:
                self._plan(at_once=at_once)
        elif at_once and not self._soon:
            self._due.cancel()
            self._plan(at_once=True)

    def forget(self, lane: Lane, *, only_droppable: bool = False) -> int:
        """Take out what waits for a lane; return how many records that were."""
        keep = [
            number
            for number, (owner, droppable) in enumerate(self._owners)
            if owner is not lane or (only_droppable and not droppable)
        ]
        gone = len(self._owners) - len(keep)
        if gone:
            self._parts = [self._parts[2 * n + half] for n in keep for half in (0, 1)]
            self._owners = [self._owners[n] for n in keep]
            self.room = self._limit_bytes - sum(map(len, self._parts))
        return gone

    async def take(self) -> tuple[list[bytes], int]:
        """Wait until a batch is due; return one message in parts, and its size in bytes."""
        while not (self._ready and self._parts):
            self._ready = self._ready and bool(self._parts)  # all may have been forgotten
            self._taker = self._loop.create_future()
            await self._taker
        parts, size = self._parts, self._limit_bytes - self.room
        if size <= MESSAGE_BYTES:
            self._parts, self._owners = [], []
        else:
            count = self._fitting()
            parts = self._parts[: 2 * count]
            del self._parts[: 2 * count], self._owners[:count]
            size = sum(map(len, parts))
        self.room += size
        self._ready = bool(self._parts)
        return parts, size

    def close(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _plan(self, *, at_once: bool) -> None:
        wait_s = 0.0 if at_once else self._next_s - self._loop.time()
        self._soon = wait_s <= 0
        if self._soon:
            self._due = self._loop.call_soon(self._flush)
        else:
            self._due = self._loop.call_later(wait_s, self._flush)

    def _flush(self) -> None:
        self._due = None
        self._next_s = self._loop.time() + self._gap_s
        taker = self._taker
        if taker is None or taker.done():
            self._ready = True
        elif not self._sent():  # what was taken before is sent: nothing can be overtaken
            self._ready = True
            taker.set_result(None)

    def _sent(self) -> bool:
        """Whether all that waits could be sent at once."""
        size = self._limit_bytes - self.room
        if self.send_now is None or size > MESSAGE_BYTES:
            return False
        if self._parts and not self.send_now(self._parts, size):
            return False
        self._parts, self._owners = [], []
        self.room = self._limit_bytes
        return True

    def _fitting(self) -> int:
        """Return how many of the first records make one message: at least one."""
        size = count = 0
        for number in range(len(self._owners)):
            size += self._size_of(number)
            if count and size > MESSAGE_BYTES:
                break
            count += 1
        return count

    def _size_of(self, number: int) -> int:
        return len(self._parts[2 * number]) + len(self._parts[2 * number + 1])
