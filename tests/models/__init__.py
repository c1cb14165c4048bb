"""models/: schema and kit."""
