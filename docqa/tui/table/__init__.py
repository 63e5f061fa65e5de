"""The table: the same questions to every document, row by row."""
