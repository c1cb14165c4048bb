"""What a gap's reason is called in a sentence. Pure."""

from collections.abc import Sequence

from ingest.recordings.archive import GapSpan

_REASONS = {
    "camera_down": "the camera did not answer",
    "stalled": "the camera sent no pictures",
    "auth_failed": "the camera refused the user and password",
    "unsupported": "the camera sends pictures that cannot be recorded",
    "node_down": "the recording node was down",
    "disk_full": "the disk was full",
    "disk_slow": "the disk was too slow",
    "disk_read_only": "the disk could only be read",
    "disk_missing": "the disk was not there",
    "disk_wrong": "another disk was in its place",
    "disk_failed": "the disk failed",
    "file_lost": "its recording was lost from the disk",
    "scheduled": "by its schedule it was not recorded",
}


def told(gaps: Sequence[GapSpan]) -> str:
    """Return each gap's reason and times; empty where there is none."""
    return "; ".join(
        f"{_REASONS.get(gap.reason, gap.reason)} from {gap.started_at:%H:%M:%S} "
        f"to {f'{gap.ended_at:%H:%M:%S}' if gap.ended_at else 'now'} UTC"
        for gap in gaps
    )
