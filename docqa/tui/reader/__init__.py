"""A document, read in the terminal."""
