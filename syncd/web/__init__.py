"""Served over HTTP: health, readiness, metrics, and pages that show and control what syncd does.

Everything here reads from daemon and store. What a form changes goes through the same functions as a command
of the terminal.
"""
