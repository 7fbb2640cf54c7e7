# Each target calls one command; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install web serve chat telegram train topics check lint evaluate bench profile test tools audit advisories licences sbom \
        audio screenshots lighthouse

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

# The widget and the kiosk, built when something of them changed. Without npm the server serves everything else.
WEB := assistant/web/static/manifest.json
web/node_modules/.installed: web/package.json web/package-lock.json
	@echo "Installing what the pages are built with ..."
	@cd web && npm ci --ignore-scripts --silent --no-audit --no-fund && touch node_modules/.installed

ifneq ($(shell command -v npm),)
$(WEB): web/node_modules/.installed web/build.mjs web/budgets.json web/tsconfig.json $(shell find web/src -type f)
	@cd web && npm run --silent build
else
$(WEB): FORCE
	@test -f $@ || echo "npm is missing: the chat widget and the kiosk are not built. Install Node 20 (with npm), then run: make web"
endif
FORCE:

web: $(WEB)  ## Build the chat widget and the kiosk

serve: install web  ## Train if needed and serve on http://127.0.0.1:5005
	@$(RUN) b12 serve

chat: install  ## Talk to the assistant in the terminal
	@$(RUN) b12 chat

telegram: install  ## Run the Telegram bot (docs/telegram.md)
	@$(RUN) b12 telegram

train: install  ## Train a model on the present data
	@$(RUN) b12 train

topics: install  ## Write the topics into domain.yml and data/rules.yml
	@$(RUN) b12 topics

check: install  ## Check the content and the data
	@$(RUN) b12 check

evaluate: install  ## Measure the understanding on held-out questions
	@$(RUN) b12 evaluate

bench: install  ## Compare speed, memory and start-up with stock Rasa (most of an hour; QUICK=1: 7 minutes)
	@$(RUN) --group bench python -m benchmarks.speed $(if $(QUICK),--quick) $(if $(PIPELINES),--pipelines $(PIPELINES))

profile: install  ## Show where the time of a turn goes (docs/performance.md)
	@$(RUN) --group bench python -m benchmarks.profile

lint: install tools  ## Check the code's form and types, and what it is made of
	@$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy
	@$(TOOLS)/python tools/audit.py && $(TOOLS)/python tools/licences.py --check

# Programs that look at the project from outside, with pins of their own.
TOOLS := tools/.venv/bin
tools/.venv/.installed: $(UV) tools/pyproject.toml tools/uv.lock
	@$(UV) sync --quiet --frozen --project tools && touch $@

tools: tools/.venv/.installed  ## Install the tools that check deployment, licences and weaknesses

audit: install tools  ## Ask PyPI's feed for known weaknesses; fails where it is out of reach
	@$(TOOLS)/python tools/audit.py --online

advisories: tools  ## Write tools/advisories.yml into SECURITY.md
	@$(TOOLS)/python tools/audit.py --write

licences: install tools  ## Write docs/licences.md
	@$(TOOLS)/python tools/licences.py

sbom: install tools  ## Write what the product is made of as CycloneDX into build/sbom
	@$(TOOLS)/python tools/sbom.py

# The Telegram emulator that the tests talk to; without npm those tests are skipped.
EMULATOR := tests/channels/telegram/emulator
$(EMULATOR)/node_modules/.installed: $(EMULATOR)/package-lock.json
	@if command -v npm >/dev/null; then cd $(EMULATOR) && npm ci --ignore-scripts --silent --no-audit --no-fund && touch node_modules/.installed; \
	else echo "npm is missing: the tests with the Telegram emulator are skipped (install Node 20)"; fi

# Each has a server and a browser of its own, so more than a few need a big machine.
TEST_PROCESSES := 2

test: install web lint check $(EMULATOR)/node_modules/.installed  ## Run every check and every test
	@$(RUN) b12 train && $(RUN) pytest --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

audio: install web  ## Read the kiosk's answers aloud into files (needs espeak-ng and opus-tools)
	@$(RUN) b12 audio

screenshots: install web  ## Take the pictures of docs/screenshots (needs Chromium)
	@$(RUN) python -m tests.web.browser.screenshots

web/lighthouse/node_modules/.installed: web/lighthouse/package-lock.json
	@cd web/lighthouse && npm ci --ignore-scripts --silent --no-audit --no-fund && touch node_modules/.installed

lighthouse: install web web/lighthouse/node_modules/.installed  ## Measure the pages with Lighthouse (needs Chromium)
	@$(RUN) python -m benchmarks.lighthouse
