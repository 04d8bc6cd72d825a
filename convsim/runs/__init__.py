"""Benchmark runs: plan, execute, store, resume."""
