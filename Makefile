PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A process keeps to its own half of the files, so that what a file fits is seldom fitted twice, and then helps the other.
PYTEST_ARGS ?= -n 2 --dist worksteal -q
STAMP := pyproject.toml constraints.txt
# Python keeps what it compiles: hundreds of processes of the tests start with it.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo studio test check lint types layers kernels tests calibrate kill fuzz bombs scale docs notebooks models address format clean

demo: $(VENV)/.demo-installed
	$(BIN)/assoc-synth demo --out demo

# The page for people who do not program.
studio: $(VENV)/.studio-installed
	$(BIN)/assoc-synth studio

test: $(VENV)/.dev-installed
	$(MAKE) check

# All that CI runs. What the tests need compiled is compiled beside the checks that leave a core idle.
check: $(VENV)/.dev-installed
	$(MAKE) -j2 lint types layers kernels
	$(MAKE) tests

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev-installed
	$(BIN)/mypy

layers: $(VENV)/.dev-installed
	$(BIN)/lint-imports

# The loops that Numba compiles and keeps, and the tests that Python does; without it, each process of the tests does both.
kernels: $(VENV)/.dev-installed
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore tests/kernels.py
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m pytest --collect-only -qq > /dev/null

tests: $(VENV)/.dev-installed
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest $(PYTEST_ARGS)

# 1,400 runs, hours; interrupted, it goes on where it was. Rewrites assoc_synth/benchmark/CALIBRATION.md.
calibrate: $(VENV)/.dev-installed
	OMP_NUM_THREADS=1 $(BIN)/python -m assoc_synth.benchmark.gate_calibration

# Kill what writes files at every line, and real commands at random moments; the tests do a little of both.
kill: $(VENV)/.dev-installed
	ASSOC_SYNTH_KILLS=100000 $(BIN)/python -m pytest -q tests/functional/test_faults.py -k kill
	OMP_NUM_THREADS=1 $(BIN)/python tests/functional/test_kills.py --fits 20 --commands 1000

# 100,000 damaged tables of each kind, and as many crafted models: hours. The tests try a few. The figures so far lie in
# build/fuzz.*; make fuzz FROM=N begins with input number N, and TRIALS=N says how many.
FROM ?= 0
TRIALS ?= 100000
fuzz: $(VENV)/.dev-installed
	mkdir -p build
	OMP_NUM_THREADS=1 ASSOC_SYNTH_FUZZ=$(TRIALS) ASSOC_SYNTH_FUZZ_FROM=$(FROM) ASSOC_SYNTH_FUZZ_REPORT=build/fuzz \
		$(BIN)/python -m pytest -q tests/functional/test_fuzz.py

# Time and memory of every file that stands for far more than it is.
bombs: $(VENV)/.dev-installed
	mkdir -p build
	OMP_NUM_THREADS=1 ASSOC_SYNTH_BOMBS=build/bombs.md $(BIN)/python -m pytest -q tests/functional/test_bombs.py

# What a fit and a draw take by the links of a table, and whether planted pairs of rare objects keep their lift: an hour.
scale: $(VENV)/.dev-installed
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m assoc_synth.benchmark.scale cost
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m assoc_synth.benchmark.scale planted

# The pages of docs/ as a site in build/site; a warning, a broken link or an anchor that is not there stops it.
docs: $(VENV)/.dev-installed
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

# Runs every notebook again and keeps what it shows.
notebooks: $(VENV)/.dev-installed
	OMP_NUM_THREADS=2 $(BIN)/jupyter nbconvert --to notebook --execute --inplace \
		--NotebookClient.record_timing=False --NotebookClient.store_widget_state=False \
		--ExecutePreprocessor.timeout=600 notebooks/*.ipynb

# Fits the models of models/ again, those whose data are installed, and measures them: minutes for toy-shop.
models: $(VENV)/.dev-installed
	OMP_NUM_THREADS=1 $(BIN)/python -m assoc_synth.benchmark.stored_models --out models

# make address URL=https://HOST/OWNER/assoc_synth: once there is an address, it stands in the metadata, and README's links
# become absolute, so that they work on a package index too. RFC 2606 keeps the name that is there until then.
PLACE := https://example.com/assoc_synth
address:
	@test -n "$(URL)" || { echo "say which: make address URL=https://HOST/OWNER/assoc_synth"; exit 2; }
	sed -i 's#<address of this repository>#$(URL)#; s#!\[\(.*\)\](docs/#![\1]($(URL)/raw/main/docs/#; s#](\([a-zA-Z][^:)]*\))#]($(URL)/blob/main/\1)#g' README.md
	sed -i 's#$(PLACE)#$(URL)#g; s#](docs/#]($(URL)/blob/main/docs/#g' pyproject.toml CITATION.cff SECURITY.md

format: $(VENV)/.dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf build dist demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Some systems ship venv without ensurepip; the interpreter's own pip then fills the environment.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV) || { $(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(BIN)/python install pip; }

# torch comes first and pinned: no later requirement can then replace the build that was chosen for this machine.
$(VENV)/.torch-installed: $(STAMP) | $(BIN)/python
	$(BIN)/python -m pip install -c constraints.txt torch
	@touch $@

$(VENV)/.demo-installed: $(VENV)/.torch-installed
	$(BIN)/python -m pip install -c constraints.txt -e '.[journey]'
	@touch $@

$(VENV)/.studio-installed: $(VENV)/.torch-installed
	$(BIN)/python -m pip install -c constraints.txt -e '.[studio]'
	@touch $@

$(VENV)/.dev-installed: $(VENV)/.torch-installed
	$(BIN)/python -m pip install -c constraints.txt -e '.[dev,journey]'
	@touch $@ $(VENV)/.demo-installed
