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

# Per cent of the lines of src that tests must reach in their own processes. It only rises, but for what moves into
# processes whose lines are not counted: it was 94.7 until polls did (service/poll_workers and what loads for them),
# and 93.8 until the playground's searches did (web/playground).
FLOOR := 93.0
COVERED := build/coverage.json

.PHONY: help setup demo test test-covered test-slow check bench bench-short pictures site manual run deb dist boot \
	container newcomer lock clean

help:
	@echo "make demo       a whole working desk on this machine alone (20 seconds)"
	@echo "make test       the tests"
	@echo "make test-covered  the tests, and whether they reach as many lines as they did"
	@echo "make test-slow  the long runs too, and properties on ten times as many examples"
	@echo "make check      formatting, lint, types, the rules of the house, the shipped configuration"
	@echo "make bench      every benchmark, and docs/benchmarks.md of them (40 minutes)"
	@echo "make bench-short  a few ratios, in half a minute; the tests hold them too"
	@echo "make pictures   the pictures of the README, of the demo (needs Chromium)"
	@echo "make site       the documentation as pages to read, in build/site"
	@echo "make manual     the man page and the completions of shells, of the commands' own help"
	@echo "make run        the service on $(CONFIG)/, remembering in $(STATE)/"
	@echo "make deb        the package for Debian 12, in dist/"
	@echo "make dist       all that a release consists of, in dist/: wheel, sources, package, bill of materials, site"
	@echo "make boot       the package in a Debian that is booted, from the one of the release before (root; ten minutes)"
	@echo "make container  the steps of Containerfile, and what comes of them (root)"
	@echo "make newcomer   docs/getting-started.md in a Debian with nothing but Python, timed (root)"
	@echo "make lock       resolve the dependencies anew"

# Again with the system's certificates, for a network that has an authority of its own.
SYNC = pip sync --quiet --compile-bytecode --python $(1)/bin/python --require-hashes requirements/uv.txt requirements/dev.txt $(2)
INSTALL = $(BIN)/uv $(SYNC) 2>/dev/null || $(BIN)/uv --system-certs $(SYNC)
SYNC_RELEASE = pip sync --quiet --python $(VENV)-release/bin/python --require-hashes requirements/release.txt
INSTALL_SELF = $(BIN)/uv pip install --quiet --offline --python $(1)/bin/python --no-deps --no-build-isolation --editable .

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml requirements/dev.txt requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "watchdesk needs Python 3.11 or newer; this is %d.%d. Say which one to use: make PYTHON=python3.12 demo" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "This Python cannot make environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@$(call INSTALL,$(VENV))
	@$(call INSTALL_SELF,$(VENV))
	@$(BIN)/python -m compileall -q src
	@touch $(VENV)/ready

# Programs to measure beside watchdesk, and what draws; apart, so that commands are measured as people have them.
$(VENV)-bench/ready: $(VENV)/ready requirements/bench.txt
	@echo "Setting up $(VENV)-bench …"
	@$(PYTHON) -m venv $(VENV)-bench
	@$(call INSTALL,$(VENV)-bench,requirements/bench.txt)
	@$(call INSTALL_SELF,$(VENV)-bench)
	@touch $(VENV)-bench/ready

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
	@WATCHDESK_EXAMPLES=all $(BIN)/pytest -n $(JOBS) --dist worksteal

check: setup
	$(BIN)/ruff format --check src tests benchmarks fuzz packaging site
	$(BIN)/ruff check src tests benchmarks fuzz packaging site
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/watchdesk --config config check

# make bench [ARTICLES=folder] [PAGES=folder] [LUCENE=path] [ONLY="part part"] [QUICK=1]
bench: $(VENV)-bench/ready
	@$(BIN)/python benchmarks/bench.py --peers $(VENV)-bench/bin/python $(if $(ARTICLES),--articles "$(ARTICLES)") \
		$(if $(PAGES),--pages "$(PAGES)") $(if $(LUCENE),--lucene-monitor "$(LUCENE)") $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

# The ratios that the tests hold as well.
bench-short: setup
	@$(BIN)/python benchmarks/ratios.py

pictures: setup
	@$(BIN)/python tests/pictures.py

# Links that lead nowhere are mistakes. What the theme says of MkDocs 2 concerns nobody who has these versions.
site: setup
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	@echo "build/site/index.html"

manual: setup
	@$(BIN)/python packaging/manual.py

run: setup
	@$(BIN)/watchdesk --config $(CONFIG) --state $(STATE) run

deb: setup
	@$(BIN)/python packaging/dist.py --deb-only $(if $(DEB_VERSION),--version $(DEB_VERSION))

dist: setup $(VENV)-release/ready
	@$(BIN)/python packaging/dist.py --cyclonedx $(VENV)-release/bin/cyclonedx-py

# What these three showed is kept in tests/systemd. make boot [OLD=commit|package.deb] [WORK=folder] [ONLY="keep"]
boot: deb
	@PYTHONPATH=src:tests $(BIN)/python -m systemd.boot $(if $(OLD),--old $(OLD)) $(if $(WORK),--work $(WORK)) \
		$(addprefix --only ,$(ONLY)) dist/watchdesk_*.deb

container: deb
	@PYTHONPATH=src:tests $(BIN)/python -m systemd.container $(if $(WORK),--work $(WORK)) >tests/systemd/container.txt
	@cat tests/systemd/container.txt

newcomer: dist
	@PYTHONPATH=src:tests $(BIN)/python -m systemd.newcomer $(if $(WORK),--work $(WORK)) dist/watchdesk-*.whl

# What lists the parts of a release; apart, for nobody else needs it.
$(VENV)-release/ready: $(VENV)/ready requirements/release.txt
	@$(PYTHON) -m venv $(VENV)-release
	@$(BIN)/uv $(SYNC_RELEASE) 2>/dev/null || $(BIN)/uv --system-certs $(SYNC_RELEASE)
	@touch $(VENV)-release/ready

# Hashes and no registry addresses, for every supported Python at once.
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-header
lock: setup
	$(LOCK) requirements/uv.in --output-file requirements/uv.txt
	$(LOCK) pyproject.toml --group dev --extra fleet --extra postgresql --extra mcp --output-file requirements/dev.txt
	$(LOCK) pyproject.toml --constraint requirements/dev.txt --output-file requirements/run.txt
	$(LOCK) pyproject.toml --extra fleet --extra postgresql --constraint requirements/dev.txt --output-file requirements/run-postgresql.txt
	$(LOCK) --group pyproject.toml:release --constraint requirements/dev.txt --output-file requirements/release.txt
	$(LOCK) --group pyproject.toml:bench --constraint requirements/dev.txt --output-file requirements/bench.txt

clean:
	rm -rf $(VENV) $(VENV)-bench $(VENV)-release build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
