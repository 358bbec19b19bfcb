"""samples → words with times."""
