"""Fixtures that several test modules share."""

from postgresql import store_url

__all__ = ["store_url"]
