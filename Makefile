# make demo    install into .venv and run the main job, end to end
# make test    install into .venv, lint, check types, run the tests
# make check   ruff and mypy alone
# make format  let ruff rewrite what it can
# make clean   remove what the above made

NEW_ENOUGH := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c '$(NEW_ENOUGH)' 2>/dev/null && { command -v $$name; break; }; done)
BIN := .venv/bin
INSTALLED := .venv/.installed

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: demo install test check format clean

demo: install
	@$(BIN)/python -m keras_seq.demo

# The real corpora lie beside a checkout of ours; elsewhere the tests on them skip and say so.
ifneq ($(wildcard ../shared/data),)
test: export KERAS_SEQ_DATA ?= $(abspath ../shared/data)
endif
# Two processes, as tests wait for compilers; those of one file stay together, for they share what is costly.
test: check
	$(BIN)/pytest --numprocesses 2 --dist loadfile

check: install
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format .

install: $(INSTALLED)

# Done again when what is to be installed has changed.
$(INSTALLED): setup.py pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found. Name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || \
		{ echo "$(PYTHON): expected Python 3.11 to 3.13, got $$($(PYTHON) --version 2>&1)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into .venv with $(PYTHON). The first time, about 1 GB is downloaded: a few minutes."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq -c constraints.txt -e ".[test]"
	@touch $@
	@echo "Installed."

clean:
	rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find datasets layers pipelines keras_seq tests -name __pycache__ -prune -exec rm -rf {} +
