.DEFAULT_GOAL := help
BIN := .venv/bin

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## A virtual environment with pqlod and its tools
	python3 -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'

check: lint test ## What CI runs: format, lint, types, layers, tests

lint: ## Format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: ## The tests, less those that take minutes
	$(BIN)/pytest -n auto -m "not full"

full: ## Every test, the long ones too
	$(BIN)/pytest -n auto

hostile: ## Hostile queries against a server, and a table of what became of each
	$(BIN)/python tests/conformance/hostile.py

conformance: ## docs/conformance.md, from the tests of features and defects
	$(BIN)/python tests/conformance/report.py

screenshots: ## Pictures of the main pages in build/screenshots: make screenshots ARGUMENTS="--store DIR home member"
	$(BIN)/python tests/browser/screenshots.py $(ARGUMENTS)

format: ## Put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: ## pqlod beside oxigraph, each line with its target: make bench ARGUMENTS="--questions 600000"
	$(BIN)/python bench/run.py $(ARGUMENTS)

serve: ## Serve the sample at http://127.0.0.1:8000/
	$(BIN)/pqlod serve

.PHONY: bench conformance help setup check lint test full hostile format screenshots serve
