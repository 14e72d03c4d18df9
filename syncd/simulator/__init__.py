"""A simulated Pinnacle and BetTune: one football world, served by two strict HTTP servers.

`make demo`, the tests and a user's sandbox share them. They enforce what the documents of both APIs require,
and are stricter where the documents are silent.
"""
