# One command for each thing a person does here. CONTRIBUTING.md explains them.

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# The first Python of a version that TipDesk runs on.
ifndef PYTHON
PYTHON := $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
    $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
    && { echo $$p; break; }; done)
endif
SYSTEM := $(PYTHON) packaging/linux/check_libraries.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
ARGS ?=

# Without a screen Qt draws into memory.
ifeq ($(DISPLAY)$(WAYLAND_DISPLAY),)
export QT_QPA_PLATFORM ?= offscreen
endif

.PHONY: demo test ci-deps check audit format bench mutants fuzz torture screenshots package package-test \
    translations lock changelog clean

demo: $(VENV)/tipdesk.stamp
	@$(SYSTEM) window
	@$(BIN)/tipdesk demo $(ARGS)

# Three workers for two cores: a test that waits for another process leaves its core to others.
test: ci-deps
	@PYTEST_ADDOPTS="$$PYTEST_ADDOPTS $$($(SYSTEM) pytest-options)" \
	    $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

ci-deps: $(VENV)/dev.stamp $(VENV)/tipdesk.stamp
	@$(SYSTEM) test
	@$(MAKE) -s $(LDK)/node_modules/made.stamp

# A stranger for the tests. Without it they are skipped, and fail where CI runs.
LDK := tests/interop/ldk
$(LDK)/node_modules/made.stamp: $(LDK)/package-lock.json
	@if ! command -v npm >/dev/null; then \
	    echo "tipdesk: npm is missing: the tests with LDK are skipped" >&2; \
	elif echo "tipdesk: installing LDK for the tests" >&2; (cd $(LDK) && npm ci --silent); then \
	    touch $@; \
	else \
	    echo "tipdesk: npm could not install LDK: its tests are skipped" >&2; \
	fi

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/vulture
	$(BIN)/python -m pytest tests/architecture

# Known vulnerabilities of what is locked, as the package index that pip uses publishes them.
audit: $(VENV)/created.stamp
	@$(BIN)/python packaging/audit.py $(ARGS)

format: $(VENV)/dev.stamp
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(VENV)/dev.stamp $(VENV)/tipdesk.stamp
	@$(SYSTEM) test
	@$(BIN)/python -m tests.bench $(ARGS)

torture: $(VENV)/dev.stamp $(VENV)/tipdesk.stamp
	@$(BIN)/python -m tests.torture

# Takes the guards of the money code away one by one; a test must fail for each.
mutants: $(VENV)/dev.stamp $(VENV)/tipdesk.stamp
	@$(SYSTEM) test
	@$(BIN)/python -m tests.mutants $(ARGS)

# Arbitrary bytes for every decoder and a whole node, for ten minutes unless ARGS says otherwise.
fuzz: $(VENV)/dev.stamp $(VENV)/tipdesk.stamp
	@$(SYSTEM) test
	@$(BIN)/python -m tests.fuzz $(ARGS)

# Every page and state into build/screenshots, and what differs from what is kept (ARGS=--keep).
screenshots: $(VENV)/dev.stamp $(VENV)/tipdesk.stamp
	@$(SYSTEM) test
	@$(BIN)/python -m tests.ui.gallery $(ARGS)

# Brings the catalogues of the window's languages up to the source, and compiles them.
translations: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.languages

# build/package: a folder that runs without Python, a .deb of it, and its bill of materials.
PACKAGE := .venv-package
package: $(PACKAGE)/package.stamp
	@$(SYSTEM) window
	@$(PACKAGE)/bin/python packaging/build_package.py

# Installs the .deb in a bare Debian made for the purpose, tips in it, and takes a picture. As root.
package-test: package
	@packaging/linux/try_package.sh build/package/tipdesk_*.deb

$(PACKAGE)/package.stamp: packaging/requirements-package.lock
	@$(SYSTEM) venv
	@echo "tipdesk: installing what packages are made with" >&2
	@$(PYTHON) -m venv $(PACKAGE)
	@$(PACKAGE)/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
	    --require-hashes -r $<
	@touch $@

# New versions for the lock files; whoever runs it reads the difference before committing it.
LOCK := .venv-lock/bin/uv pip compile --quiet --universal --generate-hashes --upgrade \
    --python-version 3.11 --no-header --no-annotate pyproject.toml packaging/requirements.in
lock:
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install uv; }
	@$(LOCK) -o packaging/requirements.lock
	@$(LOCK) packaging/requirements-dev.in -c packaging/requirements.lock \
	    -o packaging/requirements-dev.lock
	@$(LOCK) packaging/requirements-package.in -c packaging/requirements.lock \
	    -o packaging/requirements-package.lock

changelog: $(VENV)/dev.stamp
	@$(BIN)/towncrier build --draft --version next

clean:
	rm -rf $(LDK)/node_modules $(VENV) .venv-lock $(PACKAGE) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache \
	    .hypothesis .import_linter_cache
	find tipdesk tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is newer than what it was made from: a second run installs nothing.
$(VENV)/created.stamp:
	@test -n "$(PYTHON)" || { echo "tipdesk: CPython 3.11, 3.12 or 3.13 is needed" >&2; exit 1; }
	@$(SYSTEM) venv
	@echo "tipdesk: making $(VENV)" >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime.stamp: packaging/requirements.lock $(VENV)/created.stamp
	@echo "tipdesk: installing its dependencies" >&2
	@$(PIP) install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/dev.stamp: packaging/requirements-dev.lock $(VENV)/runtime.stamp
	@echo "tipdesk: installing what tests and checks need" >&2
	@$(PIP) install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/tipdesk.stamp: pyproject.toml $(VENV)/runtime.stamp
	@$(PIP) install --quiet --no-deps --no-index --no-build-isolation --editable .
	@touch $@
