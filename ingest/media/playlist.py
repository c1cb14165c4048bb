"""HLS media playlists (RFC 8216) of recorded files: byte ranges, wall-clock times, gaps. Pure."""

import math
from collections.abc import Iterator, Sequence

from ingest.recordings.stored_file import (
    GopPlace,
    StoredFile,
    instant,
    is_playable,
    joined,
    places_within,
)
from models.kit.errors import Conflict

_GAP_MS = 250  # pieces farther apart than this do not play through
_HEAD = ("#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS")
_Piece = tuple[StoredFile, GopPlace]


def refuse_unplayable(files: Sequence[StoredFile]) -> None:
    """Refuse what no browser decodes, before somebody waits for a picture.

    Raises:
        Conflict: naming the stream to ask for instead.
    """
    if any(not is_playable(file.codec) for file in files):
        msg = "H.265 main records, but browsers need an H.264 sub stream: ask for stream=sub."
        raise Conflict(msg)


def build(
    files: Sequence[StoredFile], start_ms: int, end_ms: int, query: str, *, whole_files: bool
) -> str:
    """Return the complete playlist (ENDLIST) of [start, end); empty where nothing lies in it.

    Args:
        files: of one stream, oldest first.
        start_ms: Unix milliseconds.
        end_ms: Unix milliseconds, exclusive.
        query: stands behind every address, e.g. ``?ticket=…``.
        whole_files: one entry a file instead of one a GOP.
    """
    pieces = list(_pieces(files, start_ms, end_ms, whole_files=whole_files))
    if not pieces:
        return ""
    durations = [
        _duration_ms(piece, following)
        for piece, following in zip(pieces, [*pieces[1:], None], strict=True)
    ]
    lines = [
        *_HEAD,
        f"#EXT-X-TARGETDURATION:{max(math.ceil(max(durations) / 1000), 1)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
    ]
    before: _Piece | None = None
    for piece, duration_ms in zip(pieces, durations, strict=True):
        file, gop = piece
        address = f"/media/v1/segments/{file.recording_id}.mp4{query}"
        if before is not None and (
            abs(_gap_ms(before, piece)) > _GAP_MS or before[0].codec != file.codec
        ):
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or before[0] is not file:
            lines.append(f'#EXT-X-MAP:URI="{address}",BYTERANGE="{file.init_bytes}@0"')
        lines += (
            f"#EXT-X-PROGRAM-DATE-TIME:{_instant(gop.at_ms)}",
            f"#EXTINF:{duration_ms / 1000:.3f},",
            f"#EXT-X-BYTERANGE:{gop.length}@{gop.offset}",
            address,
        )
        before = piece
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _pieces(
    files: Sequence[StoredFile], start_ms: int, end_ms: int, *, whole_files: bool
) -> Iterator[_Piece]:
    for file in files:
        gops = places_within(file, start_ms, end_ms)
        for gop in [joined(gops)] if whole_files and gops else gops:
            yield file, gop


def _gap_ms(before: _Piece, piece: _Piece) -> int:
    """Milliseconds between two pieces; negative where they overlap."""
    return piece[1].at_ms - before[1].end_ms


def _duration_ms(piece: _Piece, following: _Piece | None) -> int:
    """Exact distance to the next piece where they touch, so that rounding does not add up."""
    if following is None or abs(_gap_ms(piece, following)) > _GAP_MS:
        return piece[1].duration_ms
    return following[1].at_ms - piece[1].at_ms


def _instant(at_ms: int) -> str:
    return instant(at_ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
