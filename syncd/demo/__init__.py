"""The demo: syncd against the simulated services, with a report of what it does."""
