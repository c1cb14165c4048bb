"""Request and response types, a file a route."""
