"""The feed: snapshots and deltas of Pinnacle, turned into one state of the store.

`standing` decides what to ask and `pacer` when; `loss` what to believe, and `listing` what becomes of
that which a list names or misses; all are pure. `feed` does the calls and transactions. `fixtures`,
`odds`, `settled`, `leagues`, `specials`, `special_odds` and `settled_specials` say what an answer means.
"""
