# Everything runs in .venv, which is made once and again only when what it is made from changes.
#   make demo     compile the tale for the tiny target and let the simulated wafer tell it
#   make test     the quick tests        make slow     the others, with mlir-opt if it can be had
#   make check    ruff and pyright       make clean    remove what make and the tests left behind
# PYTHON=... names the interpreter to make .venv with; without it the newest suitable one is found.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
TALE := examples/tale/tale

.PHONY: demo test slow check clean
.NOTPARALLEL:

demo: $(VENV)/run.stamp
	$(BIN)/wsc run $(TALE).wdl --target tiny --tokens 48 --prompt "$$(head -c 12 $(TALE).txt)"

test: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -m 'not slow'

slow: $(VENV)/dev.stamp
	WSC_MLIR_OPT="$$(scripts/find-mlir-opt.sh)" $(BIN)/python -m pytest -m slow -rs

check: $(VENV)/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright --pythonpath $(BIN)/python

clean:
	rm -rf $(VENV) build dist *.egg-info .hypothesis .pytest_cache .ruff_cache
	find compiler ir passes runtime tests examples -name __pycache__ -prune -exec rm -rf {} +

# The demo needs less than the tests do, so whoever only wants to see it waits for less.
$(VENV)/run.stamp: pyproject.toml setup.py constraints.txt scripts/make-venv.sh
	@scripts/make-venv.sh $(VENV) "$(PYTHON)"
	@echo "installing what wsc stands on into $(VENV)"
	@$(PIP_INSTALL) setuptools
	@$(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo "installing what its tests and checks need into $(VENV)"
	@$(PIP_INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $@
