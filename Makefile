# The two commands of the README are `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := 0.13.9

# Where the shell forbids to keep bytecode (as images for containers often do), each of the suite's processes would
# compile the tests and the product anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test lint types wheel site bench lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.locked: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "convsim needs Python 3.11 or later; $(PYTHON) is `$(PYTHON) --version`. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot create a virtual environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	@echo "installing the locked dependencies into $(VENV)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# Installed packages come without bytecode, which each of the suite's processes would otherwise make for itself. Some
# packages hold templates that are no Python: that these cannot be compiled is no failure.
$(VENV)/.compiled: $(VENV)/.locked
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib > /dev/null 2>&1 || true
	@touch $@

demo: $(VENV)/.locked ## both embedded orgs, reference agents, scoreboard, HTML report
	$(BIN)/convsim demo

# One process more than cores, since some tests wait. Each takes whole files, the longest first (tests/conftest.py).
test: $(VENV)/.compiled ## the whole suite
	$(BIN)/python -m pytest -n $$($(PYTHON) -c 'import os; print(os.cpu_count() + 1)') --no-loadscope-reorder

lint: $(VENV)/.locked ## style, import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.locked ## mypy in strict mode
	$(BIN)/mypy

wheel: $(VENV)/.locked ## build the wheel and try it in an environment of its own
	rm -rf dist build/wheel
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . > /dev/null
	$(PYTHON) -m venv build/wheel
	VIRTUAL_ENV=$(CURDIR)/build/wheel $(BIN)/uv pip install -q --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(CURDIR)/build/wheel $(BIN)/uv pip install -q --no-deps dist/*.whl
	cd build && CONVSIM_CACHE=wheel/cache wheel/bin/convsim demo --per-family 1 --out wheel/demo.sqlite --html wheel/demo.html --fresh

site: $(VENV)/.locked ## build the documentation into build/site; broken links fail
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo $(CURDIR)/build/site/index.html

bench: $(VENV)/.locked ## every figure of bench/ beside its limit (about half an hour; leave the machine alone meanwhile)
	for each in runs_speed org_speed viewer_speed litellm_overhead judge_figures corpus cluster kills; do echo "== $$each"; $(BIN)/python bench/$$each.py || exit; done

lock: $(VENV)/.locked ## renew requirements.lock (hashes, no addresses)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --all-extras --group dev pyproject.toml -o requirements.lock

clean: ## remove everything that can be made again
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
