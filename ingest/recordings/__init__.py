"""Segments on disk and their index: writing, finding, cutting, retention."""
