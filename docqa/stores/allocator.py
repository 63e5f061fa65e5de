"""Returns freed memory to the system, so that a long run takes no more than a short one."""

import sys

_TRIM_THRESHOLD = -1  # mallopt's own number for it
_HELD_BACK = 1 << 20  # as much as tantivy takes at a time: less costs a page fault for each


def give_back_freed() -> None:
    """Keep glibc from raising, with every large piece it sees, how much it holds back."""
    if sys.platform == "linux":
        # Imported here: a search does not need it.
        import ctypes

        # Not every C library has it; those that do not hold nothing back in this way.
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_TRIM_THRESHOLD, _HELD_BACK)
