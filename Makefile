# Two commands on a fresh machine: `make run` and `make test`. Neither needs the other.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start Python by the hundred: each would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test docs lint types contracts check acceptance lake browser bench wheel clean
.DELETE_ON_ERROR:

$(VENV)/.run: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt dev-requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e . -r dev-requirements.txt
	@touch $@ $(VENV)/.run

run: $(VENV)/.run  ## ingest the sample releases as a Prefect flow run, show what landed
	@$(BIN)/communique ingest seeds/releases --flow
	@echo; echo "What landed:"; echo
	@$(BIN)/communique sql -f seeds/questions/00_what_landed.sql
	@echo; $(BIN)/communique ask 2
	@echo; echo 'Next: $(BIN)/communique ask'

test: $(VENV)/.dev  ## the fast tests
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

# DuckDB's extensions are published for this version alone.
OLD_DUCKDB := $(VENV)/duckdb-1.5.5
$(OLD_DUCKDB)/.lake: | $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --target $(OLD_DUCKDB) duckdb==1.5.5 \
		$(addsuffix ==1.5.5,$(addprefix duckdb-extension-,ducklake postgres-scanner httpfs aws))
	@touch $@

# MARKED=long runs what takes many minutes: 200 kills, a full disk at each step of a reparse.
MARKED := acceptance and not server and not long
acceptance: $(VENV)/.dev $(OLD_DUCKDB)/.lake  ## real pages beside the checkout, a real server, the oldest DuckDB
	COMMUNIQUE_OLD_DUCKDB=$(CURDIR)/$(OLD_DUCKDB) $(BIN)/python -m pytest -n 2 -m "$(MARKED)"
	$(BIN)/python -m pytest -n 3 --dist loadfile -m server  # they wait more than they work

lake: $(VENV)/.dev $(OLD_DUCKDB)/.lake  ## DuckLake on a real PostgreSQL and S3 (apt-get install postgresql)
	PYTHONPATH=$(CURDIR)/$(OLD_DUCKDB) $(BIN)/python -m pytest -n 2 --dist loadgroup -m lake tests/lake

browser: $(VENV)/.dev  ## the dashboard as an operator sees it, in Debian's Chromium (apt-get install chromium)
	$(BIN)/python -m pytest -m browser -rs tests/browser

check: test lint types contracts acceptance lake browser

bench: $(VENV)/.dev $(OLD_DUCKDB)/.lake  ## speed against peers, written to docs/benchmarks.md
	$(BIN)/python tests/bench/run.py

docs: $(VENV)/.dev  ## write the generated pages anew
	$(BIN)/python tests/docs/reference.py

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --outdir dist

clean:
	rm -rf $(VENV) dist build data
