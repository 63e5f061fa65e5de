"""The SQLite truth of a library: documents, texts, passages."""
