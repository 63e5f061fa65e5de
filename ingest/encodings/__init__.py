"""Bytes to text in whatever encoding."""
