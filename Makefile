# Landscape: `make run` shows it, `make test` and `make check` hold it to its word, `make bench` measures
# this machine, `make docs` builds the documentation into site/.
# `make test` leaves the tests out that are marked slow. `make test-whole` is what CI runs: the slow tests too.
# For a release: `make coverage` measures the lines that those reach, at least 90 %, and takes nearly twice as long;
# `make test-all` adds the rates of the statistical tests over many seeds (marked exhaustive), and what needs
# Lightning and transformers, which it installs.

PYTHON ?= python3
VENV ?= .venv
RUNS ?= runs
PORT ?= 8050
# Where CPU builds of torch are found; where it cannot be reached, whatever pip is configured with is used.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

# The tests of a file share what they make, so files are what is run side by side.
TESTS_AT_ONCE ?= 2
SIDE_BY_SIDE = -n $(TESTS_AT_ONCE) --dist loadfile

# The linter of the scripts: of this folder, else of this machine; nothing else needs it.
ESLINT ?= $(firstword $(wildcard node_modules/.bin/eslint) eslint)

# Tests start a process a hundred times: what one has compiled serves the next.
unexport PYTHONDONTWRITEBYTECODE

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test test-whole coverage test-all check docs bench clean browser

run: $(VENV)/.installed
	$(BIN)/landscape serve --runs $(RUNS) --port $(PORT) --quickstart

test: $(VENV)/.tools browser
	$(BIN)/python -m tests.twice tests -m "not slow and not exhaustive" $(SIDE_BY_SIDE)

test-whole: $(VENV)/.tools browser
	$(BIN)/python -m tests.twice tests $(SIDE_BY_SIDE)

coverage: $(VENV)/.tools browser
	$(BIN)/python -m coverage erase
	$(BIN)/python -m tests.twice --coverage tests $(SIDE_BY_SIDE)
	$(BIN)/python -m coverage combine -q
	$(BIN)/python -m coverage report --skip-covered --sort=cover --fail-under=90

test-all: $(VENV)/.tools browser
	$(PIP) install -q -e '.[lightning,transformers]' -c constraints.txt
	$(BIN)/python -m pytest tests -m "" $(SIDE_BY_SIDE)

check: $(VENV)/.tools
	$(BIN)/ruff check landscape_app tests docs app.py
	$(BIN)/ruff format --check landscape_app tests docs app.py
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if command -v $(ESLINT) >/dev/null; then $(ESLINT) assets landscape_app tests/scripts eslint.config.mjs; \
	else echo "Skipped: the scripts of assets/ are not linted (npm install --no-save eslint@9 installs the linter)."; fi

# The documentation, into site/: warnings are errors, and nothing is fetched.
docs: $(VENV)/.tools
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict

bench: $(VENV)/.installed
	$(BIN)/landscape bench quickstart
	$(BIN)/landscape bench analysis --sizes 821 1000

# A Chromium for the browser tests: the one on the machine, else the package manager's, else Playwright's own.
browser: $(VENV)/.tools
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	  || (command -v apt-get >/dev/null && apt-get install -y -qq chromium >/dev/null 2>&1) \
	  || $(BIN)/python -m playwright install chromium

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.torch: constraints.txt | $(VENV)/bin/python
	@version=$$(grep '^torch==' constraints.txt); \
	if $(BIN)/python -c "import urllib.request as u; u.urlopen('$(TORCH_INDEX)', timeout=3)" 2>/dev/null; \
	then $(PIP) install -q $$version --index-url $(TORCH_INDEX); \
	else $(PIP) install -q $$version; fi
	@touch $@

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/.torch
	$(PIP) install -q -e . -c constraints.txt
	@touch $@

$(VENV)/.tools: $(VENV)/.installed
	$(PIP) install -q -e '.[dev,test,docs]' -c constraints.txt
	@touch $@

clean:
	rm -rf $(VENV) .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist site
