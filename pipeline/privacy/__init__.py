"""what must not be shown."""
