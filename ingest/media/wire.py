"""What a wall socket carries: records of all its tiles, many to one binary message. Pure.

A record is u32 length of the rest, u16 tile, u8 kind, u8 flags, f64 server_time_s, f64
media_time_s, payload; big endian. Whoever sends packs; walls and vision unpack.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag

_HEAD = struct.Struct(">IHBBdd")
_AFTER_LENGTH = _HEAD.size - 4
_SIZE = struct.Struct(">HH")
HEAD_BYTES = _HEAD.size


class Kind(IntEnum):
    CONFIG = 0  # how to decode what follows; see pack_config
    FRAME = 1  # one access unit, 4-byte length-prefixed NAL units
    NOTICE = 2  # JSON about the tile: its state, or pictures dropped


class Flag(IntFlag):
    NONE = 0
    KEY = 1
    CATCH_UP = 2  # decode, do not draw: the picture that is drawn follows at once


@dataclass(frozen=True, slots=True)
class Record:
    """One record of one tile.

    Attributes:
        server_time_s: Unix seconds when the picture reached the media node.
        media_time_s: Unix seconds of the picture itself.
    """

    tile: int
    kind: Kind
    flags: Flag
    server_time_s: float
    media_time_s: float
    payload: bytes


@dataclass(frozen=True, slots=True)
class Config:
    """How to decode a tile: RFC 6381 codec string, size in pixels, avcC box body."""

    codec: str
    width: int
    height: int
    avcc_config: bytes


class WireError(ValueError):
    """A message that this module did not pack."""


def head(
    tile: int, kind: int, flags: int, server_time_s: float, media_time_s: float, payload_bytes: int
) -> bytes:
    """Return a record's first 24 bytes; its payload follows without a copy."""
    return _HEAD.pack(_AFTER_LENGTH + payload_bytes, tile, kind, flags, server_time_s, media_time_s)


def pack(record: Record) -> bytes:
    """Return one whole record."""
    return (
        head(
            record.tile,
            record.kind,
            record.flags,
            record.server_time_s,
            record.media_time_s,
            len(record.payload),
        )
        + record.payload
    )


def unpack(message: bytes) -> Iterator[Record]:
    """Yield the records of one binary message.

    Raises:
        WireError: the message is cut short or names an unknown kind.
    """
    offset = 0
    while offset < len(message):
        if offset + _HEAD.size > len(message):
            msg = "a record's head is cut short"
            raise WireError(msg)
        length, tile, kind, flags, server_time_s, media_time_s = _HEAD.unpack_from(message, offset)
        end = offset + 4 + length
        if length < _AFTER_LENGTH or end > len(message):
            msg = f"a record of {length} bytes does not fit its message"
            raise WireError(msg)
        try:
            known_kind = Kind(kind)
        except ValueError as error:
            msg = f"unknown record kind {kind}"
            raise WireError(msg) from error
        payload = message[offset + _HEAD.size : end]
        yield Record(tile, known_kind, Flag(flags & 3), server_time_s, media_time_s, payload)
        offset = end


def pack_config(config: Config) -> bytes:
    """Return the payload of a CONFIG record: u8 n, codec (n bytes), u16 width, u16 height, avcC."""
    codec = config.codec.encode("ascii")
    return (
        bytes([len(codec)]) + codec + _SIZE.pack(config.width, config.height) + config.avcc_config
    )


def unpack_config(payload: bytes) -> Config:
    """Return what ``pack_config`` packed.

    Raises:
        WireError: the payload is cut short or the codec is not ASCII.
    """
    if not payload or len(payload) < 1 + payload[0] + _SIZE.size:
        msg = "a config record is cut short"
        raise WireError(msg)
    end = 1 + payload[0]
    try:
        codec = payload[1:end].decode("ascii")
    except UnicodeDecodeError as error:
        msg = "a codec string must be ASCII"
        raise WireError(msg) from error
    width, height = _SIZE.unpack_from(payload, end)
    return Config(codec, width, height, payload[end + _SIZE.size :])


def pack_notice(notice: Mapping[str, object]) -> bytes:
    """Return the payload of a NOTICE record."""
    return json.dumps(notice, separators=(",", ":"), ensure_ascii=False).encode()


def unpack_notice(payload: bytes) -> dict[str, object]:
    """Return what ``pack_notice`` packed.

    Raises:
        WireError: not a JSON object.
    """
    try:
        notice = json.loads(payload)
    except ValueError as error:
        msg = "a notice must be JSON"
        raise WireError(msg) from error
    if not isinstance(notice, dict):
        msg = "a notice must be a JSON object"
        raise WireError(msg)
    return notice
