"""HLS media playlists (RFC 8216) of recorded files: byte ranges, wall-clock times, gaps. Pure."""

import math
from collections.abc import Sequence

from ingest.recordings.stored_file import (
    StoredFile,
    instant,
    is_playable,
    joined,
    places_within,
)
from models.kit.errors import Conflict

_GAP_MS = 250  # pieces farther apart than this do not play through
_HEAD = ("#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS")
_MINUTE_MS = 60_000


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
    lines: list[str] = []
    last_line = last_ms = 0
    longest_ms = 1000
    previous: StoredFile | None = None
    previous_end_ms = 0
    minute, minute_text = -1, ""
    for file in files:
        address = f"/media/v1/segments/{file.recording_id}.mp4{query}"
        gops = places_within(file, start_ms, end_ms)
        for at_ms, duration_ms, offset, length in [joined(gops)] if whole_files and gops else gops:
            gap_ms = at_ms - previous_end_ms
            touches = previous is not None and -_GAP_MS <= gap_ms <= _GAP_MS
            if touches and gap_ms:  # exact distance to the next piece: rounding must not add up
                exact_ms = last_ms + gap_ms
                lines[last_line] = f"#EXTINF:{exact_ms / 1000:.3f},"
                longest_ms = max(longest_ms, exact_ms)
            if previous is not None and (not touches or previous.codec != file.codec):
                lines.append("#EXT-X-DISCONTINUITY")
            if previous is not file:
                lines.append(f'#EXT-X-MAP:URI="{address}",BYTERANGE="{file.init_bytes}@0"')
            if at_ms // _MINUTE_MS != minute:
                minute = at_ms // _MINUTE_MS
                minute_text = f"{instant(minute * _MINUTE_MS):%Y-%m-%dT%H:%M}"
            last_line, last_ms = len(lines) + 1, duration_ms
            lines += (
                f"#EXT-X-PROGRAM-DATE-TIME:{minute_text}:{at_ms % _MINUTE_MS / 1000:06.3f}Z",
                f"#EXTINF:{duration_ms / 1000:.3f},",
                f"#EXT-X-BYTERANGE:{length}@{offset}",
                address,
            )
            longest_ms = max(longest_ms, duration_ms)
            previous, previous_end_ms = file, at_ms + duration_ms
    if not lines:
        return ""
    target = f"#EXT-X-TARGETDURATION:{math.ceil(longest_ms / 1000)}"
    return "\n".join([*_HEAD, target, "#EXT-X-MEDIA-SEQUENCE:0", *lines, "#EXT-X-ENDLIST", ""])
