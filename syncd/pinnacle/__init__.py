"""Pinnacle: a read-only client of its API, and the feed that keeps the store equal to it."""
