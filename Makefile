# The few commands people use. They run in the active virtual environment.
.PHONY: install sample test slow check bench model

BENCH ?= tests/data/calls

install:            ## install with the test tools
	python -m pip install -e ".[test]"

sample:             ## score the sample calls and name the report
	qinhe score --manifest tests/data/calls/calls.csv --out out/sample

test:               ## what CI runs on every change
	python -m pytest

slow:               ## everything, the slow tests too
	python -m pytest -m "slow or not slow"

check:              ## style, types, floors, lexicons
	ruff check . && ruff format --check . && mypy && lint-imports && qinhe lexicon check && qinhe lexicon test

bench:              ## the figures of the README; BENCH names a folder of calls with references
	python tests/benchmarks/asr_bench.py $(BENCH)
	python tests/benchmarks/matching_bench.py
	python tests/benchmarks/calls_bench.py $(BENCH)

model:              ## fit the models of meaning, spelling, scenario and reaction again from the corpora in lexicons
	python -m pipeline.lexicon.training
	python -m pipeline.spelling.training
	python -m pipeline.criteria.scenario_training
	python -m pipeline.criteria.reaction_training
