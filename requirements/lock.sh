#!/bin/sh
# Resolves pyproject.toml into three locks with hashes, without any address in them. `make lock` runs it.
#   runtime  what syncd needs to run         build  what installing syncd itself needs         dev  both, and the tools
set -eu
cd "$(dirname "$0")/.."

uv=.venv/lock-tool/bin/uv
if [ ! -x "$uv" ]; then
    .venv/bin/python -m venv .venv/lock-tool
    .venv/lock-tool/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13,<0.14'
fi

resolve() {
    UV_CUSTOM_COMPILE_COMMAND="make lock" "$uv" pip compile --quiet --no-config --upgrade \
        --universal --python-version 3.11 --generate-hashes --no-emit-index-url "$@"
}
resolve pyproject.toml --all-extras --output-file requirements/runtime.lock
resolve --group build --constraints requirements/runtime.lock --output-file requirements/build.lock
resolve pyproject.toml --all-extras --group dev --constraints requirements/runtime.lock --constraints requirements/build.lock \
    --output-file requirements/dev.lock
