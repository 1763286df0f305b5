# `make demo` and `make test` set up all they need in .venv, from the lock files alone.
# Another Python: make PYTHON=python3.13 VENV=.venv313 test

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CONFIG ?= config
STATE ?= var
# More than the processors: many tests wait for servers and processes.
JOBS ?= $(shell expr $$(nproc) + 2)

# Compiled tests are kept: without, each process that tests compiles them all again.
export PYTHONDONTWRITEBYTECODE :=

# Per cent of the lines of src that tests must reach in their own processes. It only rises: it was 94.7 until polls
# moved into worker processes, whose lines are not counted (service/poll_workers and what loads for them).
FLOOR := 93.8
COVERED := build/coverage.json

.PHONY: help setup demo test test-covered test-slow check run lock clean

help:
	@echo "make demo       a whole working desk on this machine alone (20 seconds)"
	@echo "make test       the tests"
	@echo "make test-covered  the tests, and whether they reach as many lines as they did"
	@echo "make test-slow  the long runs too"
	@echo "make check      formatting, lint, types, the rules of the house, the shipped configuration"
	@echo "make run        the service on $(CONFIG)/, remembering in $(STATE)/"
	@echo "make lock       resolve the dependencies anew"

# Again with the system's certificates, for a network that has an authority of its own.
SYNC := pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/uv.txt requirements/dev.txt

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml requirements/dev.txt requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "watchdesk needs Python 3.11 or newer; this is %d.%d. Say which one to use: make PYTHON=python3.12 demo" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot make environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@$(BIN)/uv $(SYNC) 2>/dev/null || $(BIN)/uv --system-certs $(SYNC)
	@$(BIN)/uv pip install --quiet --offline --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $(VENV)/ready

demo: setup
	@$(BIN)/watchdesk demo

test: setup
	@$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not slow"

test-covered: setup
	@mkdir -p $(dir $(COVERED))
	@$(BIN)/python -m slipcover --source src/watchdesk --json --out $(COVERED) -m pytest -n $(JOBS) --dist worksteal -m "not slow"
	@$(BIN)/python -m slipcover --merge $(COVERED) --out $(COVERED) --skip-covered --fail-under $(FLOOR) \
		|| { echo "The tests reach fewer lines than the floor in the Makefile asks for: $(FLOOR) %."; exit 1; }

test-slow: setup
	@$(BIN)/pytest -n $(JOBS) --dist worksteal

check: setup
	$(BIN)/ruff format --check src tests benchmarks fuzz
	$(BIN)/ruff check src tests benchmarks fuzz
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/watchdesk --config config check

run: setup
	@$(BIN)/watchdesk --config $(CONFIG) --state $(STATE) run

# Hashes and no registry addresses, for every supported Python at once.
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header
lock: setup
	$(LOCK) requirements/uv.in --output-file requirements/uv.txt
	$(LOCK) pyproject.toml --group dev --extra postgresql --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --constraint requirements/dev.txt --output-file requirements/run.txt

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
