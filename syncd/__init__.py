"""Keeps BetTune predictions equal to what Pinnacle says now."""

__version__ = "0.2.0"
