"""HLS media playlists (RFC 8216) of recorded pieces: byte ranges, wall-clock times, gaps. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_GAP_S = 0.25  # pieces farther apart than this do not play through
_HEAD = ("#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS")


@dataclass(frozen=True, slots=True)
class Piece:
    """One GOP in its file.

    Attributes:
        url: of the whole file.
        init_bytes: length of the file's ftyp and moov, at its start.
        codec: RFC 6381; another one needs a new decoder.
        at: instant of the first picture.
        duration_s: until the next piece, as recorded.
        offset, length: bytes in the file.
    """

    url: str
    init_bytes: int
    codec: str
    at: datetime
    duration_s: float
    offset: int
    length: int


def build(pieces: Sequence[Piece]) -> str:
    """Return the playlist of pieces in time order; it is complete (ENDLIST)."""
    durations = [
        _duration_s(piece, following)
        for piece, following in zip(pieces, [*pieces[1:], None], strict=True)
    ]
    longest = math.ceil(max(durations, default=1.0))
    lines = [*_HEAD, f"#EXT-X-TARGETDURATION:{max(longest, 1)}", "#EXT-X-MEDIA-SEQUENCE:0"]
    before: Piece | None = None
    for piece, duration_s in zip(pieces, durations, strict=True):
        if before is not None and (_gap_s(before, piece) > _GAP_S or before.codec != piece.codec):
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or before.url != piece.url:
            lines.append(f'#EXT-X-MAP:URI="{piece.url}",BYTERANGE="{piece.init_bytes}@0"')
        lines += (
            f"#EXT-X-PROGRAM-DATE-TIME:{_instant(piece.at)}",
            f"#EXTINF:{duration_s:.3f},",
            f"#EXT-X-BYTERANGE:{piece.length}@{piece.offset}",
            piece.url,
        )
        before = piece
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _gap_s(before: Piece, piece: Piece) -> float:
    """Seconds between two pieces; overlap counts as a gap too."""
    return abs((piece.at - before.at).total_seconds() - before.duration_s)


def _duration_s(piece: Piece, following: Piece | None) -> float:
    """Exact distance to the next piece where they touch, so that rounding does not add up."""
    if following is None or _gap_s(piece, following) > _GAP_S:
        return piece.duration_s
    return (following.at - piece.at).total_seconds()


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
