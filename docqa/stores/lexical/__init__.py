"""The index of words: derived from the records, caught up with them, checked and rebuilt."""
