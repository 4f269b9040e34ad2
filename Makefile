# Everything a person types; `make help` prints this list.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?= 1

.PHONY: help serve test lint lock lighthouse bench pictures
.DEFAULT_GOAL := help

help:  ## print this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST)

serve: $(VENV)/runtime  ## run Credence on this machine, with its demonstration catalogue
	@PYTHONDONTWRITEBYTECODE= MALLOC_ARENA_MAX=1 exec $(BIN)/python -m lms.serve

test: lint $(VENV)/chromium  ## everything CI runs: rules, types, unit, integration and browser tests
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report term --cov-fail-under 90

lint: $(VENV)/dev  ## formatting, rules, types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

lighthouse: $(VENV)/chromium tests/browser/lighthouse/node_modules  ## Google's Lighthouse on five pages (needs Node 18 or newer)
	@$(BIN)/python -m tests.browser.lighthouse

pictures: $(VENV)/chromium  ## take the README's screenshots and the specimen on the start page anew
	@$(BIN)/python -m tests.browser.pictures

bench: $(VENV)/dev  ## how fast the pages are beside bare Flask; more with BENCH="--million --record"
	@$(BIN)/python -m tests.bench $(BENCH)

lock:  ## compile the lock files from pyproject.toml
	@$(BIN)/uv pip compile --quiet --no-strip-extras --no-emit-index-url --no-header --generate-hashes --python-version 3.11 pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --no-strip-extras --no-emit-index-url --no-header --generate-hashes --python-version 3.11 pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

$(VENV)/runtime: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Credence needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/runtime
	@echo "Installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

tests/browser/lighthouse/node_modules: tests/browser/lighthouse/package-lock.json
	@cd tests/browser/lighthouse && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# A system Chromium where there is one; else Debian's when we may install it; else Playwright's own.
$(VENV)/chromium: $(VENV)/dev
	@for name in chromium chromium-browser google-chrome; do path=$$(command -v $$name) && break; done; \
	if [ -z "$$path" ] && [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
		echo "Installing Chromium for the browser tests ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium > /dev/null; \
		path=$$(command -v chromium); \
	fi; \
	if [ -z "$$path" ]; then $(BIN)/playwright install chromium; fi; \
	echo "$$path" > $@
