"""Counters of the GPS receivers, served at /metrics of the media node."""

from prometheus_client import Counter, Gauge, Histogram

POSITIONS = Counter("ahual_gps_positions", "Positions committed.", ["protocol"])
FLAGS = Counter("ahual_gps_flags", "Flags put on committed positions.", ["flag"])
REJECTIONS = Counter("ahual_gps_rejections", "Rejected messages.", ["protocol", "reason"])
CHECKSUMS = Counter("ahual_gps_checksum_failures", "Messages with a wrong checksum.", ["protocol"])
RETRIES = Counter("ahual_gps_batch_retries", "Batches tried again because the database was away.")
DATAGRAMS_DROPPED = Counter(
    "ahual_gps_datagrams_dropped",
    "Datagrams that found no room; devices repeat them.",
    ["protocol"],
)
HELD_BYTES = Gauge("ahual_gps_held_bytes", "Memory of messages that are not committed yet.")
NOISE_DROPPED = Counter(
    "ahual_gps_noise_dropped", "Messages of strangers that were not kept raw.", ["protocol"]
)
CONNECTIONS = Gauge("ahual_gps_connections", "Open device connections.", ["protocol"])
BATCH_S = Histogram("ahual_gps_batch_seconds", "Seconds from batch to commit.")
