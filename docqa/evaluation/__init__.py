"""Measures search and answers on question sets."""
