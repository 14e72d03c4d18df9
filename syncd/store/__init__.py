"""The SQL store: the only memory that survives a restart."""
