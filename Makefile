# make run · make test [ARGS="-k falls"] · make check · make messages · make bench · make fuzz · make faults · make format · make clean
# Needs python3 >= 3.11 (another by PYTHON=…), make and a package index.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=

# uv works on .venv alone, whatever environment this shell is in, and never fetches a Python of its own.
unexport VIRTUAL_ENV UV_PROJECT UV_PYTHON PYTHONHOME PYTHONPATH
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help run test check check-steps messages bench fuzz faults format clean

help:
	@sed -n 1,2p Makefile

run: $(READY)
	@exec $(BIN)/python -m api.stack run

test: $(READY)
	@OSTEON_DEMO=on exec $(BIN)/python -m api.stack exec -- $(BIN)/python -m pytest $(ARGS)

bench: $(READY)
	@$(BIN)/uv sync --quiet --frozen --inexact --group bench
	@OSTEON_DEMO=on exec $(BIN)/python -m api.stack exec -- sh -c \
	  '$(BIN)/python manage.py migrate --database owner --verbosity 0 && $(BIN)/python -m tests.benchmarks $(ARGS)'

fuzz: $(READY)
	@OSTEON_DEMO=on FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-50} exec $(BIN)/python -m api.stack exec -- \
	  $(BIN)/python -m pytest -s -p no:logging tests/api/test_schemathesis.py $(ARGS)

faults: $(READY)
	@OSTEON_DEMO=on OSTEON_FAULTS=long exec $(BIN)/python -m api.stack exec -- \
	  $(BIN)/python -m pytest -s -n 0 --show-capture=no tests/faults $(ARGS)

check: $(READY)
	@OSTEON_DEMO=on exec $(BIN)/python -m api.stack exec -- $(MAKE) --no-print-directory check-steps

check-steps:
	@step() { name="$$1"; shift; echo "== $$name"; "$$@" || { echo "make check: $$name failed" >&2; exit 1; }; }; \
	same() { diff -u "$$1" - || { echo "$$1 is out of step: $$2" >&2; return 1; }; }; \
	pinned() { $(BIN)/uv export -q --frozen --only-group bootstrap --no-header | \
	  same requirements/uv.txt "make requirements/uv.txt"; }; \
	openapi() { file=$$(mktemp) && trap 'rm -f "$$file"' EXIT && \
	  $(BIN)/python manage.py spectacular --validate --fail-on-warn --file "$$file" && \
	  same docs/openapi.yaml "make docs/openapi.yaml" < "$$file"; }; \
	step "format" $(BIN)/ruff format --check . ; \
	step "lint" $(BIN)/ruff check . ; \
	step "types" $(BIN)/mypy . ; \
	step "import contracts" $(BIN)/lint-imports ; \
	step "migrations" $(BIN)/python manage.py makemigrations --check --dry-run ; \
	step "OpenAPI" openapi ; \
	step "catalogue" $(BIN)/python manage.py catalogue --check ; \
	step "lock" $(BIN)/uv lock --check --quiet ; \
	step "requirements/uv.txt" pinned ; \
	echo "== all steps passed"

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

messages: $(READY)
	@OSTEON_DEMO=on exec $(BIN)/python -m api.stack exec -- $(BIN)/python manage.py catalogue

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './node_modules/*' -prune -exec rm -rf {} +
	@echo "The demo's data stays in $${DATA_DIR:-.osteon}"

.PHONY: requirements/uv.txt docs/openapi.yaml
requirements/uv.txt:
	$(BIN)/uv export -q --frozen --only-group bootstrap --no-header --output-file $@

docs/openapi.yaml: $(READY)
	OSTEON_DEMO=on $(BIN)/python -m api.stack exec -- $(BIN)/python manage.py spectacular --validate --fail-on-warn --file $@

# .venv out of the standard library, uv into it by its hashes, the rest by uv out of the lock. The last line makes
# the next `make` instant.
$(READY): pyproject.toml uv.lock
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or later" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Osteon needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -V 2>&1). Set PYTHON=python3.12, say" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) has no venv: install it (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	@echo "Setting up .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r requirements/uv.txt
	@$(BIN)/uv sync --quiet --frozen --python $(BIN)/python
	@touch $@
