"""Keeps BetTune predictions equal to what Pinnacle says now."""
