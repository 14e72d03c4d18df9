"""What a command imports: only what it needs, or each start takes twice the time and memory."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "aiohttp",
    "alembic",
    "apprise",
    "apscheduler",
    "asyncpg",
    "jinja2",
    "prometheus_client",
    "rapidfuzz",
    "rich",
    "sqlalchemy",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.orm",
    "syncd.app.components",
    "syncd.demo",
    "syncd.simulator",
    "syncd.web",
)
READS = {"rich", "sqlalchemy"}
DAEMON = {"aiohttp", "apscheduler", "rapidfuzz", "rich", "sqlalchemy", "syncd.app.components"}
ALLOWED = {
    "run": DAEMON | {"syncd.web", "jinja2", "prometheus_client"},
    "once": DAEMON,
    "plan": DAEMON,
    "status": READS,
    "log": READS,
    "explain": READS | {"rapidfuzz"},
    "matches": READS | {"rapidfuzz"},
    "check": DAEMON,
    "guard": {"aiohttp", "rich"},
    "health": {"rich"},
    "config": {"rich"},
    "db": READS,
    "restore": READS,
    "pause": READS,
    "resume": READS,
    "resync": READS,
    "withdraw": DAEMON,
}

LOADED = """
import json, sys
from syncd.cli.main import cli
cli.get_command(None, sys.argv[1])
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("command", ALLOWED)
def test_a_command_imports_only_what_it_needs(command):
    found = subprocess.run(
        [sys.executable, "-c", LOADED, command], capture_output=True, text=True, check=True
    )
    assert set(HEAVY) & set(json.loads(found.stdout)) <= ALLOWED[command]
