"""Exit codes beside those of the error tree."""

NOT_FOUND = 3
SOME_UNREADABLE = 4
INTERRUPTED = 130
