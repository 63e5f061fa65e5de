"""Joins the lines of a page to sentences, as Chinese and Western typesetting break them."""

import re
from collections.abc import Iterable
from functools import cache

# Han, kana, bopomofo, Chinese punctuation and full-width forms: written without spaces between.
CJK = (
    "\u2e80-\u2fdf\u3000-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_CJK = re.compile(f"[{CJK}]")
_SHARED = "“”‘’…—·"  # punctuation of both scripts: belongs to its neighbour
HYPHEN = "\u00ad"  # a hyphen that is there only because the line ends
HYPHENS = HYPHEN + "\u2010"  # typesetters write either where a word is parted
_HAN = f"[{CJK}]"
_BREAK_INSIDE = re.compile(r"[^\S\n]*\n[^\S\n]*")


def is_cjk(character: str) -> bool:
    """Whether a character is written without spaces beside it."""
    return bool(_CJK.match(character))


def joint(left: str, right: str) -> str:
    """What belongs between two lines of one paragraph: nothing beside Chinese, else a space."""
    if not left or not right or left[-1] == "-":
        return ""
    if _CJK.match(left[-1]) or _CJK.match(right[0]):
        return ""
    return "" if left[-1] in _SHARED and right[0] in _SHARED else " "


def without_spread(text: str) -> str:
    """Undo letter-spacing: `会 议 纪 要` and `第一章 总 则` lose theirs, `张三 李四` keeps its."""
    if " " not in text:
        return text
    return _sample().sub(lambda match: match.group().replace(" ", ""), text)


@cache
def _sample() -> re.Pattern[str]:
    # Not at once: it takes 10 ms to make, and few texts need it.
    return re.compile(
        rf"(?<!{_HAN})(?:{_HAN} ){{2,}}{_HAN}(?!{_HAN})"
        rf"|(?:^|(?<=[编編篇章节節条條] )){_HAN} {_HAN}$"
    )


def join_lines(lines: Iterable[str]) -> str:
    """One paragraph from its lines."""
    pieces: list[str] = []
    for line in lines:
        line = line.strip()
        if not line:
            continue
        if pieces and pieces[-1][-1] in HYPHENS:
            pieces[-1] = pieces[-1][:-1]
        elif pieces:
            pieces.append(joint(pieces[-1], line))
        pieces.append(line)
    return "".join(pieces)


def unwrap(text: str) -> str:
    """A paragraph without its line breaks."""
    return join_lines(_BREAK_INSIDE.split(text)) if "\n" in text else text
