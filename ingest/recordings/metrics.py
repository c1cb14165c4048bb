"""What the recording side counts, for /metrics."""

from prometheus_client import Counter, Gauge

FRAGMENTS = Counter("ahual_recording_fragments", "Fragments written.")
BYTES = Counter("ahual_recording_bytes", "Bytes written.")
GAPS = Counter("ahual_recording_gaps", "Gaps begun.", ["reason"])
BACKLOG = Gauge("ahual_recording_index_backlog", "Files and gaps that the database does not know.")
FREE = Gauge("ahual_recording_free_bytes", "Free bytes where recordings are.")
DELETED = Counter("ahual_recording_deleted", "Recordings deleted by retention.")
MISSING = Gauge("ahual_recording_missing_files", "Indexed files that the disk does not have.")
CLIPS = Counter("ahual_recording_clips", "Clips decided.", ["state"])
