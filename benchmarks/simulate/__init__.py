"""Days of the whole system: the real daemon, both simulated services and the store on virtual time.

Everything that could differ between two runs (the event loop, sockets, threads, the disk, clocks, chance) is
replaced by something that depends on the seed alone, so that a failure is repeated by its seed.
"""
