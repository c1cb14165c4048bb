"""What the camera side counts, for /metrics."""

from prometheus_client import Counter

CONNECTIONS_LOST = Counter(
    "ahual_stream_connections_lost", "Connections to cameras that ended.", ["kind"]
)
STATES = Counter("ahual_stream_states", "Times a stream entered a state.", ["state"])
