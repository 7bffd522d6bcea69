# Plain `make` lists what there is. Every target does its own set-up: nothing need be installed by hand but
# Python 3.11+, make and a C library.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check format setup laws simulate replay planted kill soak proof mutate bench lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(VENV)/.run ## both simulators, the sync and the pages, in one go (Ctrl-C stops it)
	@$(BIN)/pasodoble demo

test: setup check ## everything CI runs: format, lint, types, import contracts, all test layers
	$(BIN)/pytest -n 2 --dist loadgroup

check: setup ## the checks without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the code into its one format, mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

laws: setup ## the converters' laws at 20,000 examples a type
	PASODOBLE_EXAMPLES=20000 $(BIN)/pytest -n 2 tests/laws

SEEDS ?= 2000
simulate: setup ## the simulation at SEEDS seeds (default 2000) of 400 steps
	PASODOBLE_SEEDS=$(SEEDS) PASODOBLE_STEPS=400 $(BIN)/pytest -n 2 tests/machine/test_simulation.py -k "no_seed and not sqlite"

replay: setup ## the course of one seed: make replay SEED=190, with SHRINK=--shrink as short as it still fails
	$(BIN)/python -m tests.machine.replay $(SEED) $(SHRINK)

planted: setup ## every safeguard taken out once: the simulation must notice each
	PASODOBLE_PLANTED=1 $(BIN)/pytest -n 2 tests/planted

KILLS ?= 300
kill: setup ## real processes killed KILLS times (default 300), on SQLite and on PostgreSQL
	PASODOBLE_KILLS=$(KILLS) $(BIN)/pytest -n 2 tests/machine/test_kills.py

soak: setup ## thirty days in one go, memory watched
	PASODOBLE_SOAK_DAYS=30 $(BIN)/pytest tests/machine/test_soak.py

PROOF := build/proof
proof: setup ## all of these, and docs/reliability.md written from what they leave
	@rm -rf $(PROOF) && mkdir -p $(PROOF)
	PASODOBLE_RESULTS=$(abspath $(PROOF)) PASODOBLE_PLANTED=1 PASODOBLE_SOAK_DAYS=30 PASODOBLE_KILLS=300 $(BIN)/pytest -n 2 tests/machine tests/planted
	$(BIN)/python tools/write_reliability.py $(PROOF)

mutate: setup ## mutation score of the core (ROOMS="reconcile planner" SAMPLE=60 for a quick one)
	$(BIN)/python tools/mutate.py $(ROOMS) $(if $(SAMPLE),--sample $(SAMPLE))

SIZE ?= usual
bench: setup ## all figures of docs/performance.md, written anew (SIZE=quick, usual or full: a million pairs)
	$(BIN)/python bench/report.py --size $(SIZE)

setup: $(VENV)/.dev ## .venv with the pasodoble command and all that the tests need

lock: setup ## write the lock files anew from pyproject.toml (names, versions and hashes only)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --group build pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean: ## forget the virtual environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The locked set, then the project itself as an editable install without a second look at its dependencies.
$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/pip
	@echo "Setting up (once, about a minute) ..."
	$(BIN)/pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/pip
	@echo "Setting up what the tests need (once, a few minutes) ..."
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run
