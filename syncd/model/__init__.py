"""The values that travel between the rooms: frozen, without I/O, clock or logger."""
