# `make run` shows the app, `make test` tests it; both install what they need into .venv first.
# Extra arguments for pytest: make test ARGS="tests/browser -x"

PORT ?= 8501
ARGS ?=
BIN := .venv/bin

# The tests find the browser in the environment variable CHROMIUM.
PYTEST = CHROMIUM="$$($(BIN)/python scripts/chromium.py)" && export CHROMIUM && $(BIN)/python -m pytest
# Tests without a browser share the cores, a file at a time; a browser gets them all to itself.
TOGETHER = --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: run test test-all check format bench screenshots clean install install-dev

run: install
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: KIND = not slow
test-all: KIND = slow or not slow
test test-all: install-dev
ifeq ($(ARGS),)
	$(PYTEST) -m "($(KIND)) and not browser" $(TOGETHER)
	$(PYTEST) -m "($(KIND)) and browser"
else
	$(PYTEST) -m "$(KIND)" $(ARGS)
endif

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

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
	@scripts/install.sh requirements.txt

install-dev:
	@scripts/install.sh requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
