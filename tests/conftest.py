"""Fixtures that several test modules share, and what holds for all of them."""

from hypothesis import settings
from postgresql import store_url

__all__ = ["store_url"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
