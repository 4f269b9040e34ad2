# Everything a person types; `make help` prints this list.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help serve test lint lock
.DEFAULT_GOAL := help

help:  ## print this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST)

$(VENV)/runtime: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

lint: $(VENV)/dev  ## formatting, rules, types, import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --verbose > /dev/null || $(BIN)/lint-imports

lock:  ## compile the lock files from pyproject.toml
	@$(BIN)/uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.11 --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --no-emit-index-url --generate-hashes --python-version 3.11 --no-header --group dev pyproject.toml -c requirements.txt -o requirements-dev.txt
