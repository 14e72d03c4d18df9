"""Served over HTTP: health, readiness, metrics, the status as JSON, and a page that shows it.

Everything here reads from the daemon and changes nothing.
"""
