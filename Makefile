# One environment, made by the project's own files; every target makes what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

.PHONY: demo test explore check messages golden docs bench clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(STAMP)

demo: $(STAMP)  ## Make the example book and run the night run on it
	$(BIN)/crmsheet demo demo

test: $(STAMP)  ## Run the tests; the end-to-end tests that could not run are listed
	$(BIN)/python -m pytest -n auto --dist loadgroup

explore: $(STAMP)  ## Look for counterexamples by examples drawn anew, several times
	for turn in 1 2 3 4 5; do $(BIN)/python -m pytest -q -n auto --hypothesis-profile=explore tests/properties tests/oracle || exit 1; done

check: $(STAMP)  ## Style, types, contracts between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/house

messages: $(STAMP)  ## Collect the messages into the catalogue and compile it
	$(BIN)/python -m tests.house.catalogue

golden: $(STAMP)  ## Write the golden files and the generated parts of the docs anew; look at the diff
	$(BIN)/python -m pytest -q tests/golden tests/house tests/e2e/tutorial --update-golden

docs: $(STAMP)  ## Build the docs site in both languages: open site/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet --config-file mkdocs.zh.yml

bench: $(STAMP)  ## Ratios against the usual libraries; takes minutes
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/small_commands.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/patching.py
	$(BIN)/python benchmarks/diffing.py
	$(BIN)/python benchmarks/duplicates.py
	$(BIN)/python benchmarks/night_run.py

clean:
	rm -rf $(VENV) demo site .pytest_cache .mypy_cache .ruff_cache .hypothesis
