# `make run` shows the app, `make test` tests it; both install what they need into .venv first.
#
#   make quick     the tests that a change touches, in under two minutes
#   make explore   the property tests, on ten times the examples and on others each time
#   make check     style, types, and whether the list of messages is up to date
#   make words     collect the messages of the app for translators
#
# Extra arguments for pytest:            make test ARGS="tests/browser -x"
# Another Python, in a .venv of its own: make test PYTHON=3.13 (or the path of one)
# Without the tests in a browser:        make test BROWSER=no
# While one works on the app:            make run RELOAD=1 (sees what is saved, and is slower)

PORT ?= 8501
ARGS ?=
PYTHON =
BROWSER = yes
RELOAD =

ENVIRONMENT := $(if $(PYTHON),$(shell scripts/python.sh folder "$(PYTHON)"),.venv)
$(if $(ENVIRONMENT),,$(error there is no Python to run it with))
BIN := $(ENVIRONMENT)/bin

# The tests find the browser in the environment variable CHROMIUM.
PYTEST = CHROMIUM="$$($(BIN)/python scripts/chromium.py)" && export CHROMIUM && $(BIN)/python -m pytest
# Tests without a browser share the cores, a file at a time, those of many short tests last, each
# on one thread, which takes an eighth less of the processor; a browser gets all cores to itself.
ONE_THREAD = OMP_NUM_THREADS=1
# Tests start dozens of processes: what one of them has compiled the others need not, whatever is set.
export PYTHONDONTWRITEBYTECODE =
TOGETHER = --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run test test-all quick explore check words format bench screenshots clean install install-dev

run: install
	$(BIN)/python -m streamlit run app.py --server.port $(PORT) \
		$(if $(RELOAD),--server.fileWatcherType auto --server.runOnSave true)

test: KIND = not slow
test-all: KIND = slow or not slow
test test-all: install-dev
ifeq ($(ARGS),)
	$(ONE_THREAD) $(BIN)/python -m pytest -m "($(KIND)) and not browser" $(TOGETHER)
ifneq ($(BROWSER),no)
	$(PYTEST) tests/browser -m "$(KIND)"
endif
else
	$(PYTEST) -m "$(KIND)" $(ARGS)
endif

quick: install-dev
	$(BIN)/python -m scripts.quick $(ARGS)

explore: install-dev
	$(BIN)/python -m pytest -m "hypothesis and not browser" --hypothesis-profile explore $(TOGETHER) $(ARGS)

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint --config assets/components/.oxlintrc.json assets/components tests
	$(BIN)/python -m scripts.words --check

words: install-dev
	$(BIN)/python -m scripts.words

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-dev
	CHROMIUM="$$($(BIN)/python scripts/chromium.py)" && export CHROMIUM && $(BIN)/python -m benchmarks $(ARGS)

# The browser tests that look at a whole page leave their pictures in build; the README shows some.
screenshots: install-dev
	export SCREENSHOTS=build/screenshots && $(PYTEST) tests/browser -k screenshot $(ARGS)
	cd build/screenshots && cp screenshot-filters.png screenshot-training-lab.png ../../assets/images
	cp build/screenshots/screenshot-training-lab-desktop-dark.png \
		assets/images/screenshot-training-lab-dark.png

install:
	@scripts/install.sh requirements.txt $(ENVIRONMENT) $(PYTHON)

install-dev:
	@scripts/install.sh requirements-dev.txt $(ENVIRONMENT) $(PYTHON)

clean:
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
