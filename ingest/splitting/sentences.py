"""Where sentences end, in Chinese and English."""

import re
from collections.abc import Iterator

_CLOSERS = "”’」』）】》〉］〕｝\"')\\]"
_ENDS = "。！？；｡…⋯‼⁇⁈⁉"
_HAN = "\u3400-\u9fff"
_BOUNDARY = re.compile(
    # Begins with one set of characters, which is searched for at three times the speed.
    rf"[{_ENDS}!?;．.\n](?:"
    # Full-width marks end a sentence; half-width ones only before a gap, so that URLs stay whole.
    rf"(?:(?<=[{_ENDS}])|(?<=[!?])(?=[!?{_CLOSERS}]*(?:\s|\Z|[^\x00-\x7f]))"
    rf"|(?<=;)(?=\s|[{_HAN}])|(?<=[{_HAN}]．))"
    # The closing quote belongs to it; 《谁动了我的奶酪？》 and “走吧！”，他说 go on.
    rf"(?:[{_ENDS}!?])*+(?![》〉])[{_CLOSERS}]*+(?!\s*[，、,：:])"
    rf"|(?<=\.)(?P<dot>[{_CLOSERS}]*+)(?=\s|\Z|[{_HAN}])"
    r"|(?<=\n)(?P<line>\s*))"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(（“\"])(?:[A-Za-z]|[A-Za-z](?:\.[A-Za-z])+|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|cf|al|No|no|"
    r"Nos|Fig|fig|Eq|Sec|Ch|Vol|vol|pp|Inc|Ltd|Co|Corp|Dept|Est|approx|ca|ed|eds|Jan|Feb|Mar|Apr|"
    r"Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\Z"
)
_NUMBERING = re.compile(
    r"\s*[(（]?(?:\d+(?:\.\d+)*|[A-Za-z]|[ivxIVX]{1,4}|[一二三四五六七八九十]{1,3})\Z"
)
_LOOK_BACK = 12
_PARTIAL = "；;"
_BRACKETS = (("（", "）"), ("(", ")"), ("【", "】"), ("[", "]"))
# An opening bracket that nothing closes in so many characters opens nothing; set by hand.
_LONGEST_ASIDE = 120


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of `text[start:end]`, without the white space around them."""
    end = len(text) if end is None else end
    begin = _skip_space(text, start, end)
    for mark in _BOUNDARY.finditer(text, begin, end):
        after = mark.end()
        kind = mark.lastgroup
        if kind == "line":
            stop = mark.start()
            if stop <= begin or _wrap(text, stop, after):
                continue
            stop = begin + len(text[begin:stop].rstrip())
        elif after <= begin or _goes_on(text, begin, mark):
            continue
        else:
            stop = after
        yield begin, stop
        begin = _skip_space(text, after, end) if text[after : after + 1].isspace() else after
    if tail := text[begin:end].rstrip():
        yield begin, begin + len(tail)


def _goes_on(text: str, begin: int, mark: re.Match[str]) -> bool:
    """Whether a full stop or a semicolon ends nothing."""
    if mark.lastgroup:
        return not _is_end(text, begin, mark.start(), mark.end())
    return mark[0][0] in _PARTIAL and _is_bracketed(text, begin, mark.start())


def _is_end(text: str, begin: int, dot: int, after: int) -> bool:
    """Whether a half-width full stop ends a sentence, not an abbreviation or a number."""
    if text[after : after + 2].lstrip()[:1].islower() or _NUMBERING.match(text[begin:dot]):
        return False
    # Only short words can be abbreviations, so a short look back is enough.
    return not _ABBREVIATION.search(text[max(begin, dot - _LOOK_BACK) : dot])


def _is_bracketed(text: str, begin: int, mark: int) -> bool:
    """Whether a semicolon stands between brackets on one line: （甲；乙）."""
    for opening, closing in _BRACKETS:
        opened = text.rfind(opening, begin, mark)
        if opened >= 0 and closing not in text[opened:mark]:
            following = text[mark : mark + _LONGEST_ASIDE].partition("\n")[0]
            return closing in following
    return False


def _wrap(text: str, start: int, end: int) -> bool:
    """A single line break inside an English sentence, as in hard-wrapped text."""
    before, after = text[start - 1], text[end : end + 1]
    return (
        before.isascii()
        and (before.isalnum() or before == ",")
        and after.isascii()
        and after.islower()
        and text.count("\n", start, end) == 1
    )


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
