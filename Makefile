# make train   set up .venv, then run the pipeline      make test    set up .venv, then run the tests
# make lint    ruff, mypy, stale docs                   make bench   speed; take the model apart
# make docs    docs/cli.md, README figures                  make lock    pin the dependencies anew
# make picture the README's picture of a page              make matrix  the model under every scikit-learn
# make fuzz    what reads files, ten minutes each          make audit   known vulnerabilities of the lock
.DEFAULT_GOAL := train
.PHONY: train test lint bench docs picture lock matrix fuzz audit

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# A virtual environment that happens to be active must not be written to.
unexport VIRTUAL_ENV PYTHONHOME

train: .venv/installed
	@# DVC writes its lock in place: killed right then, it leaves half of it.
	@! test -e dvc.lock || python -c 'import yaml; yaml.safe_load(open("dvc.lock"))["stages"]' 2>/dev/null || git restore dvc.lock
	dvc repro

test: .venv/installed
	pytest --numprocesses auto -m "not slow"

test-slow: .venv/installed
	pytest --numprocesses auto -m slow

lint: .venv/installed
	ruff check .
	ruff format --check .
	mypy
	@typer stanceclf.cli utils docs --name stanceclf --output $(BIN)/cli.md >/dev/null
	@diff -u docs/cli.md $(BIN)/cli.md || { echo 'docs/cli.md is stale: run `make docs`'; exit 1; }

bench: .venv/installed
	python benchmarks/speed/run.py $(if $(DATA),--data $(DATA))
	python benchmarks/fewer_rules.py
	python benchmarks/ablation.py
	python benchmarks/speakers.py

docs: .venv/installed
	typer stanceclf.cli utils docs --name stanceclf --output docs/cli.md
	python docs/figures.py

picture: .venv/installed
	python docs/picture.py

lock: .venv/installed
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --fork-strategy fewest \
	  --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' pyproject.toml --output-file requirements.lock

matrix: .venv/installed
	dvc repro --quiet train
	python .ci/matrix.py

fuzz: .venv/installed
	python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement fuzz/requirements.txt
	for target in read-text read-table read-model forge-model read-yaml read-labels; do \
	  python fuzz/fuzz.py $$target -max_total_time=$(or $(SECONDS_EACH),600) -artifact_prefix=$$target- || exit 1; \
	done

audit: .venv/installed
	python .ci/audit.py

# The lock's hashes decide what is installed; the package itself is linked in place.
.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'stanceclf needs Python 3.11 or newer; say which: make PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
