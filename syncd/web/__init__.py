"""What is seen over HTTP: health, readiness, metrics, the status as JSON, and a page that shows it.

Everything here looks at the daemon and changes nothing.
"""
