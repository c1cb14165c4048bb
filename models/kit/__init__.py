"""Domain-free tools under every room: clock, settings, database, bus, log, errors, service."""
