# Thin on purpose: the logic is in the packages. Without make (Windows):
#   py src/course/setup.py
#   .venv\Scripts\python -m course all

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
export OMP_NUM_THREADS := 1

.PHONY: course test serve book setup bench bench-grading lint clean

course: setup
	@$(BIN)/python -m course all

test: setup
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

serve: setup
	@$(BIN)/python -m course serve --port $(PORT)

book: setup
	@$(BIN)/python -m course book

bench: setup
	@$(BIN)/python -m course bench

bench-grading: setup
	@$(BIN)/python -m autograder bench

lint: setup
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m codespell_lib

setup:
	@$(PYTHON) src/course/setup.py

clean:
	rm -rf _build autograder/course book/assignments
