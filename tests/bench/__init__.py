"""Benchmarks: each prints a table with a ratio to a named peer measured in the same run."""
