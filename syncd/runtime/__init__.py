"""What every room stands on: clock, gates, troubles, guarded tasks, logging."""
