# The two commands a newcomer needs are `make run` and `make test`. Each sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PEERS := .venv-peers
FASTIFY := tests/benchmarks/servers/fastify
CANARIES := .venv-canaries
TYPESCRIPT := tests/e2e/clients/typescript
WATCHED := anyio asyncpg fastapi httptools sqlalchemy starlette uvicorn uvloop
# In the order of their names: by default the files with one test, which may be long, are the last
# ones, and one process waits for the other.
PARALLEL := --numprocesses 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0
LONG := --timeout 3600 --override-ini faulthandler_timeout=0
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

# Without it, each of the processes that the tests start would compile the sources again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install run quick test interpreted clients example node faults mutants soak overload restore-kills \
	kills stops hostile-tables canaries bench check openapi format lock clean

help: ## Describe the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/run.stamp ## Install what serving needs

run: $(VENV)/run.stamp ## Serve the API on http://127.0.0.1:8000
	@exec $(BIN)/heroes serve

quick: $(VENV)/dev.stamp ## Run unit tests, and contract tests on the fake and SQLite: under a minute
	$(BIN)/pytest --quiet --numprocesses 2 --dist worksteal -m "not thorough" tests/unit \
		tests/contract $(ARGS)

test: $(VENV)/dev.stamp ## Run the tests, and measure the coverage of the four packages
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PARALLEL) --ignore tests/faults \
		--ignore tests/deployment $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

interpreted: $(VENV)/dev.stamp ## Run the tests with FastAPI's own handlers in place of compiled routes
	TEST_COMPILED_ROUTES=false $(BIN)/pytest --quiet $(PARALLEL) --ignore tests/faults \
		--ignore tests/deployment --ignore tests/unit/mutants $(ARGS)

clients: node $(VENV)/dev.stamp $(VENV)/typescript.stamp ## Test generated clients in Python and TypeScript
	$(BIN)/pytest --quiet tests/e2e/clients $(ARGS)

example: $(VENV)/dev.stamp ## Lay further aggregates over a copy of the project, check and test it
	$(BIN)/python -m tests.examples $(ARGS)

faults: $(VENV)/dev.stamp ## Test failures of PostgreSQL under load, and nginx, pgbouncer, Prometheus and a browser
	$(BIN)/pytest $(PARALLEL) tests/faults tests/deployment $(ARGS)

mutants: $(VENV)/dev.stamp ## Check that the tests detect a catalogue of deliberate mistakes
	$(BIN)/python -m tests.mutants $(ARGS)

soak: $(VENV)/dev.stamp ## Attack a server for five minutes beside ordinary clients
	$(BIN)/python -m tests.soak $(ARGS)

scans: $(VENV)/dev.stamp ## Scan a SQLite file for ten minutes beside writers
	$(BIN)/python -m tests.soak.scans $(ARGS)

overload: $(VENV)/dev.stamp ## Offer twice the full load for a minute, for each of three requests
	$(BIN)/python -m tests.soak.overload $(ARGS)

restore-kills: $(VENV)/dev.stamp ## Kill a restore at 50 random moments
	TEST_RESTORE_KILLS=50 $(BIN)/pytest $(LONG) -rP \
		tests/integration/sqlite/backups/test_random_kills.py $(ARGS)

kills: $(VENV)/dev.stamp ## Kill a server on a SQLite file 50 times beside writers
	TEST_KILLS=50 $(BIN)/pytest $(LONG) tests/integration/sqlite/test_durability.py $(ARGS)

stops: $(VENV)/dev.stamp ## Stop a server under load a hundred times
	TEST_STOPS=100 $(BIN)/pytest $(LONG) tests/integration/server/test_stop_under_load.py $(ARGS)

hostile-tables: $(VENV)/dev.stamp ## Try 2,000 random tables on SQLite and on PostgreSQL
	TEST_TABLES=2000 $(BIN)/pytest $(LONG) --quiet tests/integration/hostile_tables

canaries: ## Test what relies on private parts of libraries, with their newest versions
	$(PYTHON) -m venv --clear $(CANARIES)
	$(CANARIES)/bin/python -m pip --quiet install --require-hashes -r requirements-dev.lock
	$(CANARIES)/bin/python -m pip --quiet install --no-deps --no-build-isolation --editable .
	$(CANARIES)/bin/python -m pip --quiet install --upgrade $(WATCHED)
	$(CANARIES)/bin/python -m pip list | grep --ignore-case --word-regexp $(WATCHED:%=--regexp=%)
	$(CANARIES)/bin/pytest $(PARALLEL) -m canary $(ARGS)

bench: $(VENV)/dev.stamp $(PEERS)/stamp $(PEERS)/fastify.stamp ## Benchmark heroes and other servers, see docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks $(ARGS)

check: $(VENV)/dev.stamp ## Lint, check types, imports and the OpenAPI document
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/openapi-spec-validator docs/openapi.json

openapi: $(VENV)/dev.stamp ## Update docs/openapi.json
	$(BIN)/python -m tests.openapi_document

format: $(VENV)/dev.stamp ## Format the code, and apply the linter's fixes
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(VENV)/dev.stamp ## Pin the newest versions that pyproject.toml allows, with hashes
	$(LOCK) --upgrade --group build pyproject.toml -o requirements.lock
	$(LOCK) --upgrade --group build --group dev -c requirements.lock pyproject.toml \
		-o requirements-dev.lock
	$(LOCK) --upgrade --group client -o requirements-client.lock
	$(LOCK) --upgrade -c requirements.lock tests/benchmarks/peers.in -o tests/benchmarks/peers.lock

clean: ## Remove everything that was made here, but no database
	rm -rf $(VENV) $(PEERS) $(CANARIES) .coverage .coverage.* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp $(VENV)/client.stamp
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# What generates a client needs older packages than the service: it has an environment of its own.
$(VENV)/client.stamp: requirements-client.lock | $(BIN)/python
	$(BIN)/python -m venv --clear $(VENV)/client
	$(VENV)/client/bin/python -m pip --quiet --disable-pip-version-check install \
		--require-hashes -r requirements-client.lock
	@touch $@

node:
	@command -v npm > /dev/null && node -e 'process.exit(parseInt(process.version.slice(1)) < 20 ? 1 : 0)' \
		|| { echo "The TypeScript client needs Node.js 20 or newer and npm, such as Debian's." >&2; exit 1; }

# npm checks each package against its hash in package-lock.json. No package runs a script.
$(VENV)/typescript.stamp: $(TYPESCRIPT)/package.json $(TYPESCRIPT)/package-lock.json \
		$(TYPESCRIPT)/.npmrc | node $(BIN)/python
	mkdir -p $(VENV)/typescript
	cp $^ $(VENV)/typescript
	cd $(VENV)/typescript && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(PEERS)/stamp: tests/benchmarks/peers.lock
	$(PYTHON) -m venv $(PEERS) || { rm -rf $(PEERS); exit 1; }
	$(PEERS)/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r $<
	@touch $@

# npm checks each package against its hash in package-lock.json. No package runs a script.
$(PEERS)/fastify.stamp: $(FASTIFY)/package.json $(FASTIFY)/package-lock.json $(FASTIFY)/.npmrc \
		| $(PEERS)/stamp
	mkdir -p $(PEERS)/fastify
	cp $^ $(PEERS)/fastify
	@if command -v npm > /dev/null; then \
		cd $(PEERS)/fastify && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch $(CURDIR)/$@; \
	else echo "npm is not installed: the benchmark leaves Fastify out." >&2; fi
