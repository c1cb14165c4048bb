"""What the media doors count, for /metrics."""

from prometheus_client import Counter, Gauge

WALL_SOCKETS = Gauge("ahual_media_wall_sockets", "Open wall sockets")
WALL_TILES = Gauge("ahual_media_wall_tiles", "Tiles on all wall sockets")
WALL_BYTES = Counter("ahual_media_wall_bytes", "Bytes sent on wall sockets")
WALL_DROPPED = Counter("ahual_media_wall_dropped_pictures", "Pictures a slow wall did not get")
WHEP_PEERS = Gauge("ahual_media_whep_peers", "Open WebRTC peers")
WHEP_REFUSED = Counter("ahual_media_whep_refused", "WebRTC peers refused because the node is full")
WHEP_REAPED = Counter("ahual_media_whep_reaped", "WebRTC peers closed because they went silent")
WHEP_RESENT = Counter("ahual_media_whep_resent_packets", "RTP packets sent again after a NACK")
TALKS = Gauge("ahual_media_talks", "People speaking through cameras")
STREAMS = Gauge("ahual_media_mp4_streams", "Open live.mp4 responses")
SNAPSHOTS = Counter("ahual_media_snapshots", "Snapshots decoded")
PLAYLISTS = Counter("ahual_media_playlists", "Replay playlists made")
REPLAY_SOCKETS = Gauge("ahual_media_replay_sockets", "Open replay sockets")
SEEKS = Counter("ahual_media_seeks", "Instants sought on replay sockets")
THUMBNAILS = Counter("ahual_media_thumbnails", "Key pictures decoded for a strip")
