.DEFAULT_GOAL := train
.PHONY: help train test test-slow lint bench docs docs-check picture lock matrix fuzz audit tools reproduce

PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# A virtual environment that happens to be active must not be written to.
unexport VIRTUAL_ENV PYTHONHOME

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

train: .venv/installed ## set up .venv, then run the pipeline: articles to model and scores
	@# DVC writes its lock in place: killed right then, it leaves half of it.
	@! test -e dvc.lock || python -c 'import yaml; yaml.safe_load(open("dvc.lock"))["stages"]' 2>/dev/null || git restore dvc.lock
	dvc repro

test: .venv/installed ## set up .venv, then run the tests (about 8 minutes on two cores)
	pytest --numprocesses auto -m "not slow"

test-slow: .venv/installed ## kills, full disks, remotes, growth, the docs' long commands (about 5 minutes)
	pytest --numprocesses auto -m slow

lint: .venv/installed docs-check ## ruff, mypy, docs that are up to date
	ruff check .
	ruff format --check .
	mypy

# Material for MkDocs announces its end of life, which is no matter here: nothing is fetched.
docs docs-check: export NO_MKDOCS_2_WARNING := 1
CLI_PAGE := typer stanceclf.cli utils docs --name stanceclf --title 'Command line' --output

docs-check: .venv/installed
	@$(CLI_PAGE) $(BIN)/cli.md >/dev/null
	@diff -u docs/en/cli.md $(BIN)/cli.md || { echo 'docs/en/cli.md is stale: run `make docs`'; exit 1; }
	mkdocs build --quiet --strict --site-dir .venv/site

docs: .venv/installed ## the CLI reference, figures and outputs in the docs; the site, into site/
	dvc repro --quiet
	$(CLI_PAGE) docs/en/cli.md
	python docs/figures.py
	python docs/commands.py
	mkdocs build --quiet --strict

picture: .venv/installed ## the pictures of a page in the docs
	python docs/picture.py

bench: .venv/installed ## speed, and what each part of the model adds (DATA=, UNSEEN=, NLPCC=, CSTANCE=: your own data)
	python benchmarks/speed/run.py $(if $(DATA),--data $(DATA))
	python benchmarks/fewer_rules.py
	python benchmarks/ablation.py
	python benchmarks/speakers.py
	$(if $(UNSEEN),python benchmarks/unseen.py --data $(UNSEEN))
	$(if $(NLPCC),python benchmarks/nlpcc2016/run.py --data $(NLPCC) --out $(NLPCC)-predictions)
	$(if $(CSTANCE),python benchmarks/any_target.py --data $(CSTANCE))

reproduce: ## a clean clone of what is committed reproduces every committed figure to the byte
	bash .ci/reproduce

lock: .venv/installed ## pin the dependencies anew, with hashes
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --fork-strategy fewest \
	  --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' pyproject.toml --output-file requirements.lock

matrix: .venv/installed ## load and train the model under every scikit-learn
	dvc repro --quiet train
	python .ci/matrix.py

fuzz: .venv/installed ## fuzz what reads files, ten minutes each
	python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement fuzz/requirements.txt
	for target in read-text read-table read-model forge-model read-yaml read-labels; do \
	  python fuzz/fuzz.py $$target -max_total_time=$(or $(SECONDS_EACH),600) -artifact_prefix=$$target- || exit 1; \
	done

audit: .venv/installed ## look for known vulnerabilities of the pinned packages
	python .ci/audit.py

tools: .venv/installed .venv-tools/label-studio/installed .venv-tools/doccano/installed ## labels through the real Label Studio and doccano, and back
	dvc repro --quiet train
	python tests/tools/round_trip.py

# In an environment of its own each: their requirements contradict ours and each other's.
.venv-tools/%/installed: tests/tools/%.txt
	$(PYTHON) -m venv --clear .venv-tools/$*
	.venv-tools/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# The lock's hashes decide what is installed; the package itself is linked in place.
.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'stanceclf needs Python 3.11 or newer; say which: make PYTHON=python3.12'; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
