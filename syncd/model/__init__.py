"""The values that travel between the packages: frozen, without I/O, clock or logger."""
