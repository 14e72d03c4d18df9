"""The tests of syncd: one directory for each room, and `support` for what they share."""
