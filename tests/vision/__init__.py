"""Tests of the vision room."""
