"""What seeks read: the index by blocks of ten minutes, kept a while, and GOPs from their files."""

import asyncio
import os
from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from ingest.media.node import MediaNode
from ingest.media.playlist import refuse_unplayable
from ingest.media.seek_plan import Spot, spots_of
from ingest.media.stored import stored_file
from ingest.recordings import archive
from ingest.recordings.samples import Decoding, Picture, decoding, pictures
from ingest.recordings.stored_file import instant
from models.kit.errors import NotFound
from models.observations import StreamKind

_BLOCK_MS = 600_000
_MARGIN = timedelta(seconds=60)  # so that a block also knows what lies just outside of it
_KEPT_BLOCKS = 64
_KEPT_INITS = 512
_OLD_FRESH_S = 30.0
_NEW_FRESH_S = 1.0  # a block that is still being recorded


@dataclass(frozen=True, slots=True)
class LoadedGop:
    """One GOP in memory with what decodes it; ``content`` is its moof and mdat."""

    spot: Spot
    decoding: Decoding
    pictures: list[Picture]
    content: bytes


class SeekFiles:
    """The archive of this node as seeks need it. Lives on the event loop; files in threads."""

    def __init__(self, node: MediaNode) -> None:
        self._node = node
        self._blocks: OrderedDict[tuple[UUID, StreamKind, int], tuple[float, list[Spot]]] = (
            OrderedDict()
        )
        self._decodings: OrderedDict[int, Decoding] = OrderedDict()

    async def around(self, camera_id: UUID, kind: StreamKind, at_ms: int) -> list[Spot]:
        """Return the GOPs of the ten minutes around an instant, and a minute more.

        Raises:
            Conflict: the stream is not one that browsers decode.
        """
        number = at_ms // _BLOCK_MS
        key = camera_id, kind, number
        now_s = self._node.clock.monotonic()
        known = self._blocks.get(key)
        start = instant(number * _BLOCK_MS) - _MARGIN
        end = instant((number + 1) * _BLOCK_MS) + _MARGIN
        fresh_s = _OLD_FRESH_S if end < self._node.clock.now() else _NEW_FRESH_S
        if known is not None and now_s - known[0] < fresh_s:
            self._blocks.move_to_end(key)
            return known[1]
        async with self._node.database.read() as session:
            files = await archive.files(
                session, camera_id, kind, start, end, node_name=self._node.settings.media_node
            )
        refuse_unplayable(files)
        spots = spots_of(files)
        self._blocks[key] = (now_s, spots)
        self._blocks.move_to_end(key)
        while len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return spots

    async def load(self, spot: Spot) -> LoadedGop:
        """Read one GOP.

        Raises:
            NotFound: the file is gone, or shorter than its index says.
            InvalidInput: the file is damaged.
        """
        known = self._decodings.get(spot.file.recording_id)
        loaded = await asyncio.to_thread(_load, self._node.settings.recordings_path, spot, known)
        if known is None:
            self._decodings[spot.file.recording_id] = loaded.decoding
            while len(self._decodings) > _KEPT_INITS:
                self._decodings.popitem(last=False)
        return loaded


def _load(root: Path, spot: Spot, known: Decoding | None) -> LoadedGop:
    path = stored_file(root, spot.file.path)
    try:
        with path.open("rb") as file:
            found = known or decoding(os.pread(file.fileno(), spot.file.init_bytes, 0))
            content = os.pread(file.fileno(), spot.gop.length, spot.gop.offset)
    except OSError as error:
        msg = f"The recording cannot be read: {error.strerror}."
        raise NotFound(msg) from error
    if len(content) < spot.gop.length:
        msg = "The file of this recording is shorter than its index says."
        raise NotFound(msg)
    return LoadedGop(spot, found, pictures(content), content)
