# Every target sets up what it needs in .venv, from the locks in requirements/: only Python 3.11 and make must be there.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first of these that is new enough, unless one is named: make test PYTHON=python3.13
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
BIN := .venv/bin
FOR ?=
ARGS ?=
# Tests at once: some wait for processes of their own, so one more than most machines have cores for. JOBS=0 to step through
# with --pdb.
JOBS ?= 3
# Bytecode of tests and of the processes that they start goes into the environment, even where none is written
# beside the sources: to compile takes each process seconds.
CACHED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/pycache

.PHONY: help demo sandbox test check format bench simulate days docs lock audit clean setup setup-runtime setup-dev

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: setup-runtime  ## run against a simulated Pinnacle and BetTune, with the page (FOR=60s)
	@$(BIN)/syncd demo $(if $(FOR),--for $(FOR))

sandbox: setup-runtime  ## simulate both services, to try every command (ARGS="--seed 7")
	@$(BIN)/syncd sandbox $(ARGS)

test: setup-dev  ## run every test (ARGS="-k cursor" for some)
	@$(CACHED) $(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

check: setup-dev  ## format, lint, types, import contracts
	@$(BIN)/ruff format --quiet --check --output-format concise . || { echo "make format puts this right"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: setup-dev  ## format the code and put right what ruff can
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

bench: setup-dev  ## measure speed and memory
	@$(CACHED) $(BIN)/python -m benchmarks $(ARGS)

simulate: setup-dev  ## simulate days of everything with faults (ARGS="--seed 7 --days 30")
	@$(BIN)/python -m benchmarks.simulate $(ARGS)

days: setup-dev  ## simulate 200 days in fixed runs, on all cores (ARGS="--known" for those that once failed)
	@$(BIN)/python -m benchmarks.simulate.many $(ARGS)

docs: setup-dev  ## write the generated pages of docs/ again
	@$(BIN)/python -m syncd.config.reference
	@$(BIN)/python -m syncd.web.metrics_reference
	@$(BIN)/python -m syncd.cli.man

lock: setup-dev  ## resolve the newest versions into requirements/*.lock
	@sh requirements/lock.sh

audit: setup-dev  ## ask for known vulnerabilities of what the locks name (needs the network)
	@sh requirements/audit.sh $(ARGS)

setup: setup-dev  ## only bring .venv up to date

setup-runtime setup-dev: setup-%:
	@$(if $(PYTHON),$(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "syncd needs Python 3.11 or newer, and $(if $(PYTHON),$(PYTHON) is not,none is on the PATH)." >&2; \
		echo "Install one, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13" >&2; exit 1; }
	@$(PYTHON) .ci/setup.py $*

clean:  ## remove the environment and everything generated
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
