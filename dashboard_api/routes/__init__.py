"""One file a noun of /api/v1."""
