.DEFAULT_GOAL := help
.PHONY: help demo test soak bench format

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

demo: ## Start Harken with an invented company; ARGS="--port 9000" passes options on
	@bin/setup run
	@.venv/bin/harken demo $(ARGS)

test: ## Everything the build runs: format, lint, types, imports, house rules, docs, tests
	@bin/setup dev
	@bin/check

soak: ## The long fault and load runs
	@bin/setup dev
	@.venv/bin/python -m pytest -q -m soak $(ARGS)

bench: ## Each figure as a ratio measured in one run
	@bin/setup dev
	@.venv/bin/python -m benchmarks $(ARGS)

format: ## Put the code into its one format
	@bin/setup dev
	@.venv/bin/ruff check --fix-only --quiet . $(SCRIPTS)
	@.venv/bin/ruff format --quiet . $(SCRIPTS)

SCRIPTS := bin/check bin/reference bin/screenshots bin/tables bin/vendor
