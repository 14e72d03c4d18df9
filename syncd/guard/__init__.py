"""The guard: a small second process that withdraws predictions when the daemon cannot.

`daemon_probe`: requests the daemon's readiness by HTTP -> what was seen
`watch`: decides from what was seen whether to withdraw; pure
`process`: the loop: probe, withdraw by BetTune's API alone, stand back when the daemon is ready
"""
