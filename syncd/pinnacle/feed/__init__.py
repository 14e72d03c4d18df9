"""The feed: snapshots and deltas of Pinnacle, turned into one state of the store.

`standing` decides what to ask and what to believe, `pacer` when; both are pure. `feed` does the
calls and transactions. `fixtures`, `odds`, `settled` and `leagues` say what an answer means.
"""
