"""recording → samples per channel."""
