"""Text to passages with exact spans."""
