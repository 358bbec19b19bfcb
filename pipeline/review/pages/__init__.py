"""The pages: each module brings a ``router``."""
