"""What every room stands on: clock, gates, alerts, guarded tasks, logging."""
