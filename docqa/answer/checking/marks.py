"""Citation marks [n] in answers: found, taken out, and made harmless where documents hold them."""

import re

_MARK = re.compile(r"\s*[\[【［]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】］]")
_LEADING = re.compile(rf"(?:{_MARK.pattern})+")
_OPENERS, _CLOSERS = "[【［", "]】］"
# A mark longer than this is no mark; what looked like its beginning is let go.
_LONGEST = 24
_IN_DOCUMENTS = re.compile(r"\[(\s*\d[\d\s,，、\-–]*)\]|【(\s*\d[\d\s,，、\-–]*)】")


def numbers(text: str) -> tuple[int, ...]:
    """The passages that a text cites, each once, in order."""
    found = (int(n) for mark in _MARK.finditer(text) for n in re.findall(r"\d+", mark[1]))
    return tuple(dict.fromkeys(found))


def without_marks(text: str) -> str:
    """The text without its marks and the white space before them."""
    return _MARK.sub("", text)


def skip_marks(text: str, start: int, end: int) -> int:
    """Where the marks end that stand at the beginning of a stretch of text."""
    marks = _LEADING.match(text, start, end)
    return marks.end() if marks else start


def held_back(text: str) -> int:
    """Up to where a stream's text is certain: what may be the beginning of a mark is not."""
    start = max(text.rfind(opener) for opener in _OPENERS)
    if start < 0 or len(text) - start > _LONGEST or any(c in text[start:] for c in _CLOSERS):
        return len(text)
    return start


def disarm(text: str) -> str:
    """Document text whose own [n] can be taken for no mark of ours; the length stays the same."""
    return _IN_DOCUMENTS.sub(lambda found: f"［{found[1] or found[2]}］", text)
