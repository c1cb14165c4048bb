"""The ./ahual command line."""
