"""geo/: freshness, map layers, tracks, partitions."""
