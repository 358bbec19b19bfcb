"""turns and sound → figures and events."""
