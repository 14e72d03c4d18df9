"""The wiring of all parts: the daemon, one pass, the commands that reach a running daemon."""
