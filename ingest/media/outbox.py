"""What waits for one slow or fast wall: batched by time, bounded by bytes. Event loop only."""

import asyncio
from typing import Protocol

BATCH_S = 0.05
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
    """Records in order of arrival; over the limit the fullest lane loses its pictures."""

    def __init__(self, *, limit_bytes: int = LIMIT_BYTES, batch_s: float = BATCH_S) -> None:
        self._limit_bytes = limit_bytes
        self._batch_s = batch_s
        self._waiting: list[tuple[Lane, bytes, bytes, bool]] = []
        self._size = 0
        self._ready = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def overfull(self) -> bool:
        """True when even without pictures too much waits: this reader takes nothing at all."""
        return self._size > self._limit_bytes

    def make_room(self, size: int) -> None:
        """Drop pictures, lane by lane, until ``size`` bytes fit; lanes learn it by ``lost``."""
        while self._size + size > self._limit_bytes:
            weights: dict[int, int] = {}
            lanes: dict[int, Lane] = {}
            for lane, head, payload, droppable in self._waiting:
                if droppable:
                    lanes[id(lane)] = lane
                    weights[id(lane)] = weights.get(id(lane), 0) + len(head) + len(payload)
            if not weights:
                return
            fullest = max(weights, key=lambda key: (not lanes[key].focused, weights[key]))
            lanes[fullest].lost += self.forget(lanes[fullest], only_droppable=True)

    def put(
        self, lane: Lane, head: bytes, payload: bytes, *, droppable: bool, at_once: bool
    ) -> None:
        """Queue one record of a lane."""
        self._waiting.append((lane, head, payload, droppable))
        self._size += len(head) + len(payload)
        if at_once:
            self._ready.set()
        elif self._timer is None and not self._ready.is_set():
            self._timer = asyncio.get_running_loop().call_later(self._batch_s, self._ready.set)

    def forget(self, lane: Lane, *, only_droppable: bool = False) -> int:
        """Take out what waits for a lane; return how many records that were."""
        keep = [
            item
            for item in self._waiting
            if item[0] is not lane or (only_droppable and not item[3])
        ]
        gone = len(self._waiting) - len(keep)
        self._waiting = keep
        self._size = sum(len(head) + len(payload) for _, head, payload, _ in keep)
        return gone

    async def take(self) -> bytes:
        """Wait until a batch is due and return it as one message."""
        while not self._waiting:
            self._ready.clear()
            await self._ready.wait()
        await self._ready.wait()
        size, count = 0, 0
        for _, head, payload, _ in self._waiting:
            if count and size + len(head) + len(payload) > MESSAGE_BYTES:
                break
            size += len(head) + len(payload)
            count += 1
        batch = self._waiting[:count]
        del self._waiting[:count]
        self._size -= size
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting:
            self._ready.clear()
        return b"".join([part for _, head, payload, _ in batch for part in (head, payload)])

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
