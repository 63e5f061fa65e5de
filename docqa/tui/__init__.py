"""The terminal interface: one widget per file, folders as the screen is divided."""
