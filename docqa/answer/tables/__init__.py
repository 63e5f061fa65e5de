"""The same questions to every document: columns, values, cells."""
