"""The tests of syncd: one directory for each package, and `support` for what they share."""
