# Two commands matter: `make demo` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Which tests were left out, for the last lines of `make test`.
LEFT_OUT := $(VENV)/left-out.txt
CODE := screening store sheets jobs bot playground tests benchmarks

.PHONY: demo demo-reset test check format bench clean

$(INSTALLED): pyproject.toml requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.txt --editable '.[playground,test,check]'
	touch $@

demo: $(INSTALLED)
	@$(BIN)/winnow demo

demo-reset: $(INSTALLED)
	@$(BIN)/winnow demo --reset

format: $(INSTALLED)
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

check: $(INSTALLED)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

# The browser tests take the system's Chromium, else Playwright's own; without either they say so.
test: $(INSTALLED)
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
		|| $(BIN)/playwright install chromium \
		|| echo "No Chromium to be had: the browser tests will tell how to install one."
	@rm -f $(LEFT_OUT)
	WINNOW_LEFT_OUT=$(LEFT_OUT) $(BIN)/python -m pytest -n 2 -m 'not slow and not browser' --cov --cov-report=term
	WINNOW_LEFT_OUT=$(LEFT_OUT) $(BIN)/python -m pytest -n 3 --dist loadfile -m 'slow or browser'
	@if test -s $(LEFT_OUT); then echo; cat $(LEFT_OUT); fi

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) demo-data build dist *.egg-info
