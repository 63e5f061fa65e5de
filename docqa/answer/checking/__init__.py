"""Checks that what an answer says stands in the documents."""
