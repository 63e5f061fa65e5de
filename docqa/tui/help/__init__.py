"""What helps: the keys that work now, and the log."""
