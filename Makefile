# The commands of this project; `make` alone lists them. Nothing else is needed than
# Python 3.11 or newer, pip and make: what a command uses is installed into .venv from the lock.

PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-strip-extras --custom-compile-command "make lock"
PEERS := tests/e2e/requirements-peers.txt
FUZZ := tests/fuzz/requirements-atheris.txt
TELEMELYA := tests/stress/requirements-telemelya.txt
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install chat sample run peers test fuzz check lock bench stress picture docs transcript clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s%s\n", $$1, $$2 }' Makefile

install: ## make .venv from the lock, when it is missing or stale
	@cmp -s requirements-dev.txt $(VENV)/requirements.installed && $(BIN)/python -c '' 2>/dev/null || { \
		"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
			echo "Tracklink needs Python 3.11 or newer: install it, or say where it is: make PYTHON=…"; \
			exit 2; }; \
		echo "Installing into $(VENV); the first time takes a minute."; \
		$(PYTHON) -m venv --clear $(VENV) \
		&& $(PIP) install -qq --require-hashes -r requirements-dev.txt \
		&& cp requirements-dev.txt $(VENV)/requirements.installed; }
	@cmp -s pyproject.toml $(VENV)/pyproject.installed || { \
		$(PIP) install -qq --no-deps --no-build-isolation -e . \
		&& cp pyproject.toml $(VENV)/pyproject.installed; }

chat: install ## chat with the bot in this terminal: no token, no account (ARGS=--sample for no network)
	@$(BIN)/tracklink chat $(ARGS)

sample: install ## the same with sample music, without network
	@$(BIN)/tracklink chat --sample $(ARGS)

run: install ## answer on Telegram; needs TELEGRAM_BOT_TOKEN
	@$(BIN)/tracklink run $(ARGS)

peers: install # client doubles that others wrote; without them their tests are skipped
	@cmp -s $(PEERS) $(VENV)/peers.installed || { \
		$(PIP) install -qq --no-deps --require-hashes --ignore-requires-python -r $(PEERS) \
		&& cp $(PEERS) $(VENV)/peers.installed; } \
	|| echo "$(PEERS) could not be installed: the tests that need it are skipped."

test: install peers ## run the tests and hold the coverage to its floor (ARGS=tests/spotify for a part, without)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest \
		$(or $(ARGS),--cov --numprocesses 4 --dist worksteal)

fuzz: install ## feed it broken input: thousands of answers and updates, then parsers for ten minutes
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-500} $(BIN)/python -m pytest -q tests/fuzz
	@cmp -s $(FUZZ) build/fuzz/installed || { $(BIN)/python -m venv --clear build/fuzz/venv \
		&& build/fuzz/venv/bin/pip --disable-pip-version-check install -qq --require-hashes -r $(FUZZ) \
		&& cp $(FUZZ) build/fuzz/installed; }
	@PYTHONPATH=.:$$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])') \
		build/fuzz/venv/bin/python -m tests.fuzz.atheris_fuzz $(or $(ARGS),-max_total_time=600 -print_final_stats=1)

check: install ## lint, types, layers, generated docs, locks, Dockerfile, known vulnerabilities
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tests.tools.catalogue --check
	@$(BIN)/python -m tests.tools.readme --check
	@$(BIN)/python -m tests.tools.locks
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/python -m tests.tools.audit

lock: install ## bring the lock files up to pyproject.toml (ARGS=--upgrade for newer versions)
	@$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.txt
	@$(COMPILE) $(ARGS) --group build --output-file requirements-build.txt
	@$(COMPILE) $(ARGS) pyproject.toml --group dev --extra embedded --output-file requirements-dev.txt
	@$(subst 3.11,3.12,$(COMPILE)) $(ARGS) --no-deps $(PEERS:.txt=.in) --output-file $(PEERS)
	@$(COMPILE) $(ARGS) $(FUZZ:.txt=.in) --output-file $(FUZZ)
	@$(COMPILE) $(ARGS) $(TELEMELYA:.txt=.in) --output-file $(TELEMELYA)

bench: install ## measure the bot against loopback services; writes build/bench.json
	@$(BIN)/python -m tests.benchmarks $(ARGS)

stress: install ## make things go wrong and count what came of it; writes build/stress.json
	@cmp -s $(TELEMELYA) build/telemelya/installed || { $(PYTHON) -m venv --clear build/telemelya/venv \
		&& build/telemelya/venv/bin/pip --disable-pip-version-check install -qq --require-hashes -r $(TELEMELYA) \
		&& cp $(TELEMELYA) build/telemelya/installed; } \
	|| echo "$(TELEMELYA) could not be installed: what needs it is left out."
	@$(BIN)/python -m tests.stress $(ARGS)

picture: install ## draw the README's picture from a real chat
	@rm -rf build/picture
	@printf '%s\n' https://open.spotify.com/track/sampleTrackPaperMoth01 \
		https://open.spotify.com/album/sampleAlbumHarbour0001 /quota \
		| TRACKLINK_DATA=build/picture $(BIN)/tracklink chat --sample --picture .github/chat.svg > /dev/null

docs: install ## write what is generated from the code: tables of the README, catalogue of sentences
	@$(BIN)/python -m tests.tools.catalogue
	@$(BIN)/python -m tests.tools.readme

transcript: install ## write down anew what the chat says, word for word; git diff shows what changed
	@$(BIN)/python -m tests.tools.transcript $(ARGS)

clean: ## remove what the commands made, but not data/
	@rm -rf $(VENV) build .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
