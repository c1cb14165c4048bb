"""Simulated cameras and vans for the demo and tests; the product never imports this package."""
