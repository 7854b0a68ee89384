"""Speed and memory, measured by hand: `python -m tests.benchmarks.NAME`. Never part of the tests."""
