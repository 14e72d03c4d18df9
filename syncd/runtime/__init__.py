"""What every other package builds on: clock, gate, HTTP, alerts, supervised tasks, logging."""
