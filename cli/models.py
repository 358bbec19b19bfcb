"""``qinhe models``: weights with checksums."""
