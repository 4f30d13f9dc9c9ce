# make run: a working service.  make test: the proof.  Everything lives in .venv, instance/ and .env.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
RUNNABLE := $(VENV)/.installed-run
INSTALLED := $(VENV)/.installed
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check -r
FUZZ_VENV := .venv-fuzz
FUZZ_INSTALLED := $(FUZZ_VENV)/.installed
GATEWAYS_VENV := .venv-gateways
GATEWAYS_INSTALLED := $(GATEWAYS_VENV)/.installed
BENCH_VENV := .venv-bench
BENCH_INSTALLED := $(BENCH_VENV)/.installed
ARGS ?=

.PHONY: run flask test long edge gateways postman fuzz bench docs screenshots audit clean
.DEFAULT_GOAL := run

# One exec'ed command each, so that a signal to make reaches the program itself.
run: $(RUNNABLE)
	@exec $(BIN)/python -m auth_service.development

# A command of the operator, here on the database of `make run`: make flask ARGS="users list"
flask: $(RUNNABLE)
	@exec $(BIN)/python -m auth_service $(ARGS)

test: $(INSTALLED)
	@exec $(BIN)/python -m pytest

# The soaks: hundreds of rounds, killed processes by the dozen.
long: $(INSTALLED)
	@exec $(BIN)/python -m pytest -m long

# Processes and what surrounds them: both servers, stops, floods, proxies. Needs a real nginx and Redis, which are not Python's to install
# (Debian: apt-get install nginx-light openssl redis-server).
edge: $(INSTALLED)
	@exec $(BIN)/python -m pytest -m "edge and not long"

# nginx, Traefik, Caddy and Envoy as docs/verify.md configures them, and its examples; nginx and Node are not Python's to install.
gateways: $(INSTALLED) $(GATEWAYS_INSTALLED)
	@exec $(BIN)/python -m pytest -n 0 -m gateways tests/gateways

postman: $(INSTALLED)
	@exec $(BIN)/python -m tests.postman

# schemathesis against the OpenAPI description and a real service, as nobody, as user and as admin.
fuzz: $(INSTALLED) $(FUZZ_INSTALLED)
	@exec $(BIN)/python -m tests.fuzz

# The service, its peers and the limits, measured by wrk (Debian: apt-get install wrk) in one run of 35 minutes on an idle
# machine, written to docs/benchmarks.md. A look at it in six minutes: make bench ARGS=--quick
bench: $(INSTALLED) $(BENCH_INSTALLED)
	@exec $(BIN)/python -m tests.benchmarks $(ARGS)

# The tables of docs/configuration.md, and .env.example, from the settings groups in auth_service/settings/.
docs: $(INSTALLED)
	@exec $(BIN)/python -m auth_service.development.configuration_page

# Pictures of all views of the pages, to look at, in instance/screenshots. Needs chromium (Debian: apt-get install chromium-headless-shell).
# Of their states, such as errors, dialogs and empty lists: make screenshots ARGS=states
# Those of the documentation: make screenshots ARGS=docs
screenshots: $(INSTALLED)
	@exec $(BIN)/python -m tests.screenshots $(ARGS)

# Known vulnerabilities in what the service runs on; asks the network. What could not be looked up is a failure.
audit: $(INSTALLED)
	@exec $(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off -r requirements.txt

clean:
	rm -rf $(VENV) $(FUZZ_VENV) $(BENCH_VENV) $(GATEWAYS_VENV) tests/gateways/node/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# A venv that could not install pip, as on a Debian without python3-venv, has a python and is made again.
$(RUNNABLE): requirements.txt requirements-run.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the service needs into $(VENV), once: 250 MB, about a minute ..."
	@$(BIN)/python $(PIP_INSTALL) requirements-run.txt
	@touch $@

$(INSTALLED): $(RUNNABLE) requirements-dev.txt
	@echo "Installing what the tests need into $(VENV), once: 240 MB more, about a minute ..."
	@$(BIN)/python $(PIP_INSTALL) requirements-dev.txt
	@touch $@

$(FUZZ_INSTALLED): tests/fuzz/requirements.txt
	@test -x $(FUZZ_VENV)/bin/python || $(PYTHON) -m venv $(FUZZ_VENV)
	$(FUZZ_VENV)/bin/python $(PIP_INSTALL) $<
	@touch $@

$(GATEWAYS_INSTALLED): tests/gateways/requirements.txt tests/gateways/node/package-lock.json
	@test -x $(GATEWAYS_VENV)/bin/python || $(PYTHON) -m venv $(GATEWAYS_VENV)
	$(GATEWAYS_VENV)/bin/python $(PIP_INSTALL) $<
	@command -v npm >/dev/null || { echo "Node.js is needed, for npm" >&2; exit 1; }
	npm ci --silent --no-audit --no-fund --prefix tests/gateways/node
	@touch $@

$(BENCH_INSTALLED): tests/benchmarks/peers/requirements.txt
	@test -x $(BENCH_VENV)/bin/python || $(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) $<
	@touch $@
