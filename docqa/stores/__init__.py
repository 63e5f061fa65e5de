"""What a library keeps: the records, which are the truth, and the indexes derived from it."""
