"""Benchmarks: `make bench` prints one table and writes `build/bench.json`. Never timed tests."""
