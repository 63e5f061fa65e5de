"""Turns found passages into checked answers."""
