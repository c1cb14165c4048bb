"""Tests mirror the rooms; flows/ and e2e/ walk through the house."""
