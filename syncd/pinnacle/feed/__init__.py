"""The feeds: snapshots and deltas of Pinnacle's lists, applied to the store.

Pure: `schedule` decides what to request next, `suspect_snapshots` whether a snapshot is suspect, `presence`
what becomes of an event that a list names or misses. `pacer` says when a request is allowed. `feed` makes
the requests and transactions of any endpoint; an `endpoint.EndpointHandler` for each of them applies the
payloads. `factory` puts them together.
"""
