"""A simulated Pinnacle and BetTune: one small football world behind two strict servers.

`make demo`, the tests and a user's sandbox share them, so they are as strict about the
documents of both APIs as the real ones, and stricter where the documents are silent.
"""
