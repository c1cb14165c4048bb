"""Tests of the runtimes and decoders."""
