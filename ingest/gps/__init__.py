"""GPS device ports: decoders, receivers, verdicts, storage."""
