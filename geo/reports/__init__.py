"""What vans did, a local day at a time: rows for reports."""
