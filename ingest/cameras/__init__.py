"""RTSP streams pulled once each and never decoded: sources, feeds, the registry of a node."""
