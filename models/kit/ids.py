"""Identifiers: UUID version 7 (RFC 9562), so that rows sort by the time they were made."""

import os
import uuid

from models.kit.clock import Clock, SystemClock

_system_clock = SystemClock()


def new_id(clock: Clock = _system_clock) -> uuid.UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000) & ((1 << 48) - 1)
    random_bits = int.from_bytes(os.urandom(10), "big")
    high = (milliseconds << 16) | 0x7000 | (random_bits & 0x0FFF)
    low = (0b10 << 62) | ((random_bits >> 12) & ((1 << 62) - 1))
    return uuid.UUID(int=(high << 64) | low)
