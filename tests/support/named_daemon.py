"""`syncd run` as a process that names itself in its requests, with a short lease: `NAME LEASE_SECONDS`."""

import sys
from datetime import timedelta
from importlib import import_module

from syncd.app import daemon
from syncd.runtime import http


def main(name: str, lease_s: float) -> None:
    """Run the daemon as the command does. The lease is set before anything else reads it."""
    daemon.DAEMON_LEASE_TTL = timedelta(seconds=lease_s)
    http._user_agent = lambda: name

    import_module("syncd.cli.main").cli(["run"], prog_name="syncd")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
