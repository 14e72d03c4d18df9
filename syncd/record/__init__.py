"""Recordings of what both services responded, as it came: a compressed file a day, to be replayed.

Written by a thread beside the work; without headers and secrets.
"""
