"""Sizes as people read them."""

GIB = 1 << 30


def human_bytes(count: float) -> str:
    """Bytes with the unit that fits."""
    for unit, size, digits in (("GiB", GIB, 2), ("MiB", 1 << 20, 0), ("KiB", 1 << 10, 0)):
        if count >= size:
            return f"{count / size:.{digits}f} {unit}"
    return f"{count:.0f} B"
