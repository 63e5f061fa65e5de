"""Fragments of pages, placed by hand."""

from ingest.pages.fragments import Fragment, TextRun

SENTENCE = "仓储部在复核时发现送来的花瓶有几件外箱受潮已按规程单独存放并拍照留档"


def piece(
    text: str,
    left: float,
    y: float,
    size: float = 10,
    width: float = 0,
    run: TextRun = TextRun.ACROSS,
) -> Fragment:
    """A stretch of text on a line whose lower edge is at `y`."""
    wide = width or len(text) * size * (0.5 if text.isascii() else 1)
    return Fragment(text, left, y, left + wide, y + size, size, run=run)


def column(
    text: str, left: float, top: float, each: int = 20, size: float = 10, step: float = 14
) -> list[Fragment]:
    """Text in lines of so many characters, from the top."""
    lines = [text[at : at + each] for at in range(0, len(text), each)]
    return [piece(line, left, top - n * step, size) for n, line in enumerate(lines)]
