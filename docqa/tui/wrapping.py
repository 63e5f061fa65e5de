"""Lines of Chinese broken between characters, where Rich knows only spaces."""

import re

_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_OPENING = "（《「『【〔“‘"
_CLOSING = "，。、；：？！）》」』】〕”’…—％·,.;:?!)"
# What stays on one line: a wide character or a run of others, its punctuation, its citations.
UNBROKEN = re.compile(
    rf"\s*(?:[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}]+)[{_CLOSING}]*(?:\[[\d?]{{1,3}}\])*|\S)\s*"
)


def between_characters() -> None:
    """Have everything that Textual shows wrapped so."""
    # Rich has no public way to say what a word is; where this name goes, its own rule is back.
    import rich._wrap

    rich._wrap.re_word = UNBROKEN
