#!/bin/sh
# Asks for known vulnerabilities of the versions in the locks. `make audit` runs it; it needs the network.
# What cannot be looked up counts as a failure: silence must not look like health.
# The tool lives in an environment of its own, so that it is in no lock, and looks at nothing but the locks.
set -eu
cd "$(dirname "$0")/.."

audit=.venv/audit-tool/bin/pip-audit
if [ ! -x "$audit" ]; then
    .venv/bin/python -m venv .venv/audit-tool
    .venv/audit-tool/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'
fi

status=0
for lock in runtime build dev; do
    echo "requirements/$lock.lock"
    "$audit" --requirement "requirements/$lock.lock" --require-hashes --disable-pip --strict --progress-spinner off "$@" || status=1
done
exit $status
