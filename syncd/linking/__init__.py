"""Linking of events to matches: what reads and writes the store round the pure `matching`."""
