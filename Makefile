# Each target calls one command; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install serve chat train topics check lint evaluate test

# uv from the PATH, or one of our own from PyPI.
UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv),.uv/bin/uv)
RUN := $(UV) run --frozen

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.uv/bin/uv:
	@echo "Fetching uv $(UV_VERSION) from PyPI ..."
	@python3 -m pip install --quiet --disable-pip-version-check --target .uv uv==$(UV_VERSION)

.venv/.installed: $(UV) pyproject.toml uv.lock
	@echo "Installing (about a minute the first time) ..."
	@$(UV) sync --frozen --compile-bytecode
	@touch $@

install: .venv/.installed  ## Install everything that is needed

serve: install  ## Train if needed and serve on http://127.0.0.1:5005
	@$(RUN) b12 serve

chat: install  ## Talk to the assistant in the terminal
	@$(RUN) b12 chat

train: install  ## Train a model on the present data
	@$(RUN) b12 train

topics: install  ## Write the topics into domain.yml and data/rules.yml
	@$(RUN) b12 topics

check: install  ## Check the content and the data
	@$(RUN) b12 check

evaluate: install  ## Measure the understanding on held-out questions
	@$(RUN) b12 evaluate

lint: install  ## Check the code's form and types
	@$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy

test: install lint check  ## Run every check and every test
	@$(RUN) b12 train && $(RUN) pytest
