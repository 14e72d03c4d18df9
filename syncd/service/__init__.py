"""The rooms wired together: the daemon, one pass, and the views that commands and pages show."""
