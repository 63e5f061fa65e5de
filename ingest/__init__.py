"""Turns files into passages; knows nothing of how questions are answered."""
