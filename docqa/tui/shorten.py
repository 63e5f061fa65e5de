"""Names that are too long for their place."""

from rich.cells import cell_len, set_cell_size

_GAP = "…"


def shortened(name: str, cells: int) -> str:
    """The name in so many cells of the terminal, its middle left out: the end tells the kind."""
    if cell_len(name) <= cells:
        return name
    end = name
    while cell_len(end) > cells // 3:
        end = end[1:]
    return set_cell_size(name, cells - 1 - cell_len(end)).rstrip() + _GAP + end
