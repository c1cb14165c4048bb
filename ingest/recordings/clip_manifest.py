"""What a clip is made of, as JSON that can be checked later: sources, holes, hashes, seal. Pure.

The seal is an HMAC by the installation's key: it shows that this installation wrote the manifest
and that nobody changed it since. The hashes in it show the same of the film and its sources.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingest.recordings.archive import GapSpan
from ingest.recordings.clip_file import JoinedClip, Source
from models.observations import StreamKind
from models.recording import Clip

_VERSION = 2
_PURPOSE = b"ahual clip manifest\n"
_SEAL = "seal"
_ENCODING = (
    "fragments of the sources joined as they were recorded; only fragment numbers and decoding "
    "times were rewritten, to start at 0"
)
_SEVERAL = "; where video parameters change, the sources' parameter sets stand before key pictures"


def manifest(
    clip: Clip, kind: StreamKind, joined: JoinedClip, gaps: Sequence[GapSpan], node: str
) -> dict[str, Any]:
    """Return the manifest of a finished clip, not yet sealed."""
    changed = any(splice.reason == "parameters" for splice in joined.splices)
    return {
        "version": _VERSION,
        "clip_id": str(clip.id),
        "camera_id": str(clip.camera_id),
        "complaint_id": str(clip.complaint_id) if clip.complaint_id else None,
        "stream": kind.value,
        "node": node,
        "requested_by": str(clip.requested_by),
        "reason": clip.reason,
        "requested": {
            "starts_at": clip.starts_at.isoformat(),
            "ends_at": clip.ends_at.isoformat(),
            "seconds": (clip.ends_at - clip.starts_at).total_seconds(),
        },
        "delivered": {
            "first_picture_at": joined.first_picture_at.isoformat(),
            "last_picture_ends_at": joined.ends_at.isoformat(),
            "seconds": joined.delivered_s,
        },
        "file": {
            "name": f"{clip.id}.mp4",
            "size_bytes": joined.size_bytes,
            "sha256": joined.sha256,
            "codec": joined.codec,
            "encoding": _ENCODING + (_SEVERAL if changed else ""),
        },
        "sources": [_source(source) for source in joined.sources],
        "splices": [
            {
                "at": splice.at.isoformat(),
                "reason": splice.reason,
                "missing_seconds": splice.missing_s,
                "film_second": (splice.at - joined.first_picture_at).total_seconds(),
            }
            for splice in joined.splices
        ],
        "left_out": list(joined.left_out),
        "gaps": [
            {
                "started_at": gap.started_at.isoformat(),
                "ended_at": _iso(gap.ended_at),
                "reason": gap.reason,
            }
            for gap in gaps
        ],
    }


def sealed(said: Mapping[str, Any], made_at: datetime, key: bytes) -> dict[str, Any]:
    """Return the manifest with the time it was made and its seal."""
    whole = {**said, "made_at": made_at.isoformat()}
    return {**whole, _SEAL: {"algorithm": "HMAC-SHA256", "value": _mac(whole, key)}}


def is_genuine(said: Mapping[str, Any], key: bytes) -> bool:
    """Say whether this installation's key sealed exactly this; also after a trip through JSON."""
    seal = said.get(_SEAL)
    value = seal.get("value") if isinstance(seal, dict) else None
    rest = {name: part for name, part in said.items() if name != _SEAL}
    return isinstance(value, str) and hmac.compare_digest(_mac(rest, key), value)


def _mac(said: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, _PURPOSE + text.encode(), hashlib.sha256).hexdigest()


def _source(source: Source) -> dict[str, Any]:
    return {
        "path": source.path,
        "sha256": source.sha256,
        "intact": source.intact,
        "used_sha256": source.used_sha256,
        "first_byte": source.first_byte,
        "bytes": source.length,
        "starts_at": source.starts_at.isoformat(),
        "ends_at": source.ends_at.isoformat(),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
