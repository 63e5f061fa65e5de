"""Which documents a scope means: globs, paths, folders, or the end of a file's name."""

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath


class ScopePattern:
    """One pattern of a scope, as `--in` takes it."""

    def __init__(self, pattern: str) -> None:
        """Understand the pattern; nothing is read from disk."""
        self.pattern = _compose(pattern)
        self._absolute = _compose(os.path.abspath(pattern)) if pattern else ""  # noqa: PTH100
        self._regex = re.compile(_translate(self.pattern))

    def matches(self, path: str, location: str) -> bool:
        """Whether the document, as shown or at its place on disk, is meant."""
        return (
            path == self.pattern
            or self._regex.fullmatch(path) is not None
            or self._regex.fullmatch(location) is not None
            or location == self._absolute
            or location.startswith(self._absolute + "/")
        )


def select(pattern: str, paths: Iterable[tuple[int, str, str]]) -> set[int]:
    """Ids of the (id, shown path, location) rows meant.

    Where the pattern is none of these, the end of a name, or a name without its ending, is meant.
    """
    rows = [(number, _compose(shown), _compose(location)) for number, shown, location in paths]
    wanted = ScopePattern(pattern)
    found = {number for number, shown, location in rows if wanted.matches(shown, location)}
    found = found or {number for number, shown, _ in rows if shown.endswith(wanted.pattern)}
    return found or {n for n, shown, _ in rows if PurePosixPath(shown).stem == wanted.pattern}


def select_part(pattern: str, paths: Iterable[tuple[int, str, str]]) -> set[int]:
    """Ids of the rows whose name, or else whose shown path, holds the pattern anywhere.

    Letters of either case and of either width are the same. A glob is no part of a name.
    """
    wanted = _fold(pattern)
    if not wanted or set(pattern) & set("*?["):
        return set()
    rows = [(number, _fold(shown)) for number, shown, _ in paths]
    by_name = {number for number, shown in rows if wanted in PurePosixPath(shown).name}
    return by_name or {number for number, shown in rows if wanted in shown}


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _translate(pattern: str) -> str:
    """The glob as a regular expression that may begin and end at any folder."""
    body = "".join(
        {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part) or _literal(part)
        for part in re.findall(r"\*\*/|\*\*|\*|\?|\[[^\]]+\]|[^*?\[]+|\[", pattern.rstrip("/"))
    )
    return f"(?s:(?:.*/)?{body}(?:/.*)?)"


def _literal(part: str) -> str:
    if len(part) > 2 and part[0] == "[" and part[-1] == "]":
        inside = re.escape(part[1:-1]).replace(r"\-", "-")
        return f"[{'^' + inside[1:] if part[1] == '!' else inside}]"
    return re.escape(part)


def _compose(text: str) -> str:
    # macOS hands out decomposed names, people type composed ones.
    composed = unicodedata.normalize("NFC", text)
    return composed.replace(os.sep, "/") if os.sep != "/" else composed
