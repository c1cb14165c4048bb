"""The last messages of a device, decoded again as ``ahual gps decode`` does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.devices import DeviceMessage
from ingest.gps.decoders.table import BY_NAME, Transport
from ingest.gps.transcript import Conversation, told

_HEAD = 4  # the first messages of a connection may say how all others are to be read
_PLACES = ("lat", "lon", "altitude_m", "course")
_MESSAGES = text("""
    WITH newest AS (
        SELECT received_at, session_id, number FROM raw_message
        WHERE device = :device AND received_at >= :since ORDER BY received_at DESC LIMIT :most
    )
    SELECT r.received_at, r.session_id, r.number, r.protocol, r.transport, r.payload,
           r.rejection, r.checksum_failed, n.number IS NOT NULL
    FROM raw_message r LEFT JOIN newest n USING (received_at, session_id, number)
    WHERE r.device = :device AND r.received_at >= :since
      AND (n.number IS NOT NULL OR r.number < :head AND r.transport <> 'http'
           AND r.session_id IN (SELECT session_id FROM newest))
    ORDER BY r.session_id, r.number
""")


@dataclass(frozen=True, slots=True)
class Kept:
    """A raw message; ``wanted``: it is one of the newest, not only read for what follows."""

    received_at: datetime
    session_id: UUID
    number: int
    protocol: str
    transport: Transport
    payload: bytes
    rejection: str | None
    checksum_failed: bool
    wanted: bool


async def newest(session: AsyncSession, device: str, since: datetime, most: int) -> list[Kept]:
    """Return the newest messages of a device and the heads of their conversations, in order."""
    asked = {"device": device, "since": since, "most": most, "head": _HEAD}
    return [Kept(*row) for row in await session.execute(_MESSAGES, asked)]


def decoded(kept: Sequence[Kept], device: str) -> list[tuple[Kept, list[dict[str, Any]]]]:
    """Return the wanted messages, newest first, each with what it turns out to hold.

    A request over HTTP stands alone; of a connection that is cut into, the device is known.
    """
    found: list[tuple[Kept, list[dict[str, Any]]]] = []
    for _, group in groupby(kept, key=_conversation):
        messages = list(group)
        first = messages[0]
        reading = BY_NAME[first.protocol].readings[first.transport]
        conversation = Conversation(reading, device=device)
        lines: list[dict[str, Any]] = []
        for one in messages:
            lines = [
                line
                for message in conversation.read(one.payload, one.received_at)
                for line in told(one.number, message)
            ]
            if one.wanted:
                found.append((one, lines))
        if messages[-1].wanted:
            for message in conversation.end():
                lines.extend(told(messages[-1].number, message))
    found.sort(key=lambda each: (each[0].received_at, each[0].number), reverse=True)
    return found


def _conversation(message: Kept) -> tuple[UUID, int]:
    return message.session_id, message.number if message.transport == "http" else 0


def shown(
    message: Kept, lines: Sequence[Mapping[str, Any]], *, configures: bool, sees_places: bool
) -> DeviceMessage:
    """Return a message as a caller may see it: bytes hold places, and name the device."""
    hidden = () if sees_places else _PLACES
    return DeviceMessage(
        received_at=message.received_at,
        transport=message.transport,
        number=message.number,
        size_bytes=len(message.payload),
        checksum_failed=message.checksum_failed,
        rejection=message.rejection,
        hex=message.payload.hex()
        if configures and not any("lat" in one for one in lines)
        else None,
        told=[
            {key: value for key, value in line.items() if key not in ("message", *hidden)}
            for line in lines
        ],
    )


def masked(message: DeviceMessage, device: str, name: str) -> DeviceMessage:
    """Return a message in which the device is called by another name."""
    return message.model_copy(
        update={
            "rejection": message.rejection and message.rejection.replace(device, name),
            "told": [
                {
                    key: value.replace(device, name) if isinstance(value, str) else value
                    for key, value in line.items()
                    if not key.startswith("answer")
                }
                for line in message.told
            ],
        }
    )
