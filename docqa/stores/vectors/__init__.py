"""Vectors of passages and the stores that search them."""
