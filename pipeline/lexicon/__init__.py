"""turns → phrase evidence."""
