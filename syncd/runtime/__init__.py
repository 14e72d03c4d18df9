"""The base of every other package: clock, gate, HTTP, alerts, supervised tasks, logging."""
