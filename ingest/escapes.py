"""Escape sequences of terminals in foreign text: they go whole, so that nothing of them is read."""

import re

# With a limit and no line break inside: a stray introducer must not take the text after it along.
_SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b\n]{0,4096}\x1b\\"
    r"|\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?"
)


def without_escapes(text: str) -> str:
    """The text without escape sequences; other controls stay."""
    return _SEQUENCE.sub("", text) if "\x1b" in text else text
