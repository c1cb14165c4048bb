"""Device protocols, one pure decoder a file; table.py lists them."""
