"""A row for each document: tables and tasks."""
