"""Linking of events to matches: the part of it that reads and writes the store; `matching` is pure."""
