"""keeps every noun."""
