"""A file's beginning as browsers can take it: sound that would cost the pictures is hidden.

Browsers refuse a whole file for one track of G.711 (Chromium: «Unsupported audio format in stsd
box»), and a playlist whose files have sound only here and there. They pass over tracks that are
neither pictures nor sound, so that is what the track is said to be; fragments stay as they are.
"""

import asyncio
import re
from pathlib import Path

from fastapi import Request, Response

from ingest.recordings.sound import hidden

SILENT = "&sound=0"
"""Stands behind the addresses of a playlist whose files do not all have the same tracks."""
_FIRST_BYTES = re.compile(r"bytes=0-(\d{1,5})")


async def without_sound(request: Request, path: Path) -> Response | None:
    """Return the first bytes asked for, if there is sound to be hidden in them; else None.

    Only a range from 0 is such a question: that is how a playlist's EXT-X-MAP is fetched.
    """
    asked = _FIRST_BYTES.fullmatch(request.headers.get("range", "").strip())
    if asked is None:
        return None
    first, size = await asyncio.to_thread(_read, path, int(asked[1]) + 1)
    shown = hidden(first, all_sound=request.query_params.get("sound") == "0")
    if shown == first:
        return None
    headers = {
        "Content-Range": f"bytes 0-{len(shown) - 1}/{size}",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
    }
    return Response(shown, 206, headers, "video/mp4")


def _read(path: Path, length: int) -> tuple[bytes, int]:
    with path.open("rb") as file:
        return file.read(length), path.stat().st_size
