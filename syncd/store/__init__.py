"""The SQL store: everything that survives a restart."""
