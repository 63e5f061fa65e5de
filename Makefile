# Two commands for a new user: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt
INPUTS := pyproject.toml .ci/constraints.txt

# llama.cpp without what docqa never uses: half the time to compile.
LLAMA_PARTS := -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
	-DLLAMA_BUILD_SERVER=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_CURL=OFF
# One library a processor level, so that the build runs on any x86-64 machine; `make NATIVE=1 …`
# builds for this processor alone, in two thirds of the time and no slower nor faster.
ifeq ($(NATIVE)$(shell uname -sm),Linux x86_64)
LLAMA_PARTS += -DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON \
	-DCMAKE_INSTALL_BINDIR:PATH=llama_cpp/lib
endif
export CMAKE_ARGS ?= $(LLAMA_PARTS)

# Pages that hold what the code says of itself.
DOCUMENTS := README.md README.zh-CN.md configs/README.md docqa/cli/README.md

.PHONY: help demo test coverage check fix docs bundle clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/demo.stamp ## answer a question about the sample documents
	$(BIN)/docqa demo

test: $(VENV)/test.stamp ## run every test
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup

coverage: $(VENV)/test.stamp ## run every test, and hold how much of the code they run
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest -q -n 2 --dist loadgroup
	$(BIN)/python -m coverage json -q -o .coverage.json
	$(BIN)/python -m tests.support.coverage_floor .coverage.json

check: $(VENV)/test.stamp ## style, types, layers, house rules, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q -n 0 tests/test_structure.py
	$(BIN)/python -m cogapp --check $(DOCUMENTS)

fix: $(VENV)/test.stamp ## repair style, refill the documents
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(MAKE) docs

docs: $(VENV)/test.stamp ## refill what the documents take from the code
	$(BIN)/docqa --lang en config show --defaults > configs/default.toml
	$(BIN)/python -m cogapp -r $(DOCUMENTS)
	$(BIN)/python -m tests.support.pictures

bundle: $(VENV)/demo.stamp ## a folder for a machine without a network: make bundle [MODEL=file.gguf]
	$(BIN)/docqa setup --yes --bundle bundle $(if $(MODEL),--model $(MODEL))

clean: ## remove the environment and everything built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(INPUTS) | $(VENV)/bin/python
	$(PIP) --editable '.[meaning]'
	@touch $@

# torch first and alone: a later package would otherwise pull a build with GPU libraries.
$(VENV)/test.stamp: $(INPUTS) | $(VENV)/bin/python
	$(PIP) torch
	$(PIP) --editable '.[all,dev]'
	@touch $(VENV)/demo.stamp $@
