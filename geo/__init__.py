"""Positions to places: freshness, map layers, offices and villages."""
