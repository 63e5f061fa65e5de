"""What of a passage can be quoted: whole sentences and lists, not headings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby

from docqa.answer.language import language_of
from docqa.terms import normal
from docqa.terms.lexicon import lexicon
from docqa.types import Passage
from ingest.splitting.sentences import sentences

_PARTIAL = "；;"
_LEADS_IN = "：:"
_ASKS = "？?"
# 请执行 and the like at a line's end: the command follows.
_INTRODUCES = re.compile(r"(?:执行|运行|键入|如下|例如|比如)$")
_LEADING = 4
_LONGEST = 120
_LEANING = 24
# A list under its introduction may be longer than a sentence of prose.
_LONGEST_LIST = 200
_LONGEST_WHOLE_LIST = 300
_LONGEST_ROW = 300
# What somebody says or writes is quoted whole, up to so much.
_LONGEST_SPEECH = 300
_SPEECH = (("“", "”"), ("「", "」"), ("『", "』"))
_LONGEST_HEADING = 40
_FEWEST_ITEMS = 2
_PAIR = 2
_ENDS = ("。", "；", "！", "？", ".", ";")
_COUNTED = r"[\d〇零一二三四五六七八九十百千两兩]+"
# How the lines of one list, or of one level of headings, begin.
_STYLES = tuple(
    re.compile(style)
    for style in (
        rf"第{_COUNTED}[编編篇部章節节条條款回]",
        r"[一二三四五六七八九十百]+、",
        r"[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3}|[A-Za-z])[）)]",
        r"\d{1,3}(?:[.．]\d{1,3})+(?!\d)",
        r"\d{1,3}[.．、)）]",
        r"[①-⑳]",
        r"[-–•·●○■□◆◇*]\s",
        rf"(?:卷|附[录錄件])\s?{_COUNTED}",
        r"(?i:chapter|section|article|part|appendix)\s+\w{1,4}\b",
    )
)
_ARTICLES = _STYLES[0]
_HEADING = re.compile(
    rf"第{_COUNTED}[编編篇部章節节条條回]|[一二三四五六七八九十百]+、"
    rf"|\d{{1,3}}(?:[.．]\d{{1,3}})*(?:[.．、]\s*|\s+)(?=[^\d\s.])"
    rf"|(?:卷|附[录錄件])\s?{_COUNTED}|(?i:chapter|section|article|part|appendix)\s+\w{{1,4}}\b"
)
# At a passage's end only what is hardly an item of a list.
_LAST_HEADING = re.compile(rf"第{_COUNTED}[编編篇部章節节條条]|[一二三四五六七八九十百]+、")
_STOPS = re.compile(r"[。！？；：，、…．.!?;:,|]\W*$")
_CELLS = " | "
# 使用下列命令。 over a command; one with its prompt needs no such word. In PDFs a blank line stands
# between any two commands.
_POINTS_DOWN = re.compile(r"下[列面]|[如以]下|下述")
_PROMPT = re.compile(r"[$#] ")
# Years and months stand in heads, too.
_DIGITS = re.compile(r"(?!(?:19|20)\d\d(?!\d)|\d{1,2}月)\d+(?:[.,]\d+)*")
# Words at a sentence's beginning that speak of the one before; on folded text.
_LEANS = re.compile(
    r"(?:(?:但是?|而且?|并且?|不过|同时|此外|另外|随后|后来),?)?(?:它|他(?!人|乡|国)|她|该(?!吃)|其(?!他|它|余|实|次)"
    r"|这(?!里)|此(?!外|后|次|前)|前者|后者|上述|以上|同年|同月|同日)"
    r"|因此|所以|但|然而|不过|反之|否则|同样"
    r"|(?:(?:however|but|and|also|then),? )?"
    r"(?:it|its|they|their|he|his|she|her|this|these|those|such)\b"
    r"|(?:however|therefore|otherwise|for this reason|but)\b"
)
_ANSWERS = re.compile(r"(?i:答案?|回答|a|answer)\s*[:：]")
_QUESTIONS = re.compile(r"(?i:问题?|問題?|提问|提問|q|question)\s*\d*\s*[:：]")
_ADDRESSED = re.compile(r"(?:各|尊敬的|亲爱的|親愛的|致|dear\b)[^。，,]{0,20}[：:]$", re.IGNORECASE)


@cache
def _furniture() -> re.Pattern[str]:
    return re.compile("|".join(lexicon().furniture.patterns), re.IGNORECASE)


def quotable(passage: Passage, goes_on: bool = True) -> list[tuple[int, int]]:
    """Spans of a passage's text that say something by themselves; none of a mere heading.

    `goes_on`: whether the document is known to hold more than this passage.
    """
    text = passage.text
    spans = list(_join_rows(text, sentences(text)))
    titles = _count_titles(text, spans, goes_on) if passage.start == 0 else 0
    named = {
        at
        for at, (start, end) in enumerate(spans)
        if text[start:end] in passage.heading
        or at < titles
        or _is_heading(text, spans, at, goes_on)
        or is_furniture(text[start:end])
    }
    # What introduces something that stands in another passage says nothing by itself.
    return [
        (start, end) for start, end in _join(text, spans, named) if not _leads_in(text[start:end])
    ]


def _join_rows(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The sentences of a text, those of one row of a table as one span."""
    for _, group in groupby(spans, lambda span: text.count("\n", 0, span[0])):
        parts = list(group)
        start, end = parts[0][0], parts[-1][1]
        if len(parts) > 1 and end - start <= _LONGEST_ROW and is_row(text[start:end]):
            yield start, end
        else:
            yield from parts


def _count_titles(text: str, spans: Sequence[tuple[int, int]], goes_on: bool) -> int:
    """Lines at a document's beginning that only name it: the first, and 民事判决书 under it."""
    # The only line of a document is no title.
    if not (goes_on or len(spans) > 1) or not _may_be_title(text[slice(*spans[0])]):
        return 0
    kinds = lexicon().documents.ends
    second = _whole_line(text, spans, 1) if len(spans) > _PAIR else None
    return 1 + (second is not None and _may_be_title(second) and second.endswith(kinds))


def is_furniture(line: str) -> bool:
    """Whether a line only frames a document: heads of mails, seals, checksums, contents."""
    return "\n" not in line and _furniture().search(line.strip()) is not None


def _leads_in(text: str) -> bool:
    """Whether a stretch ends where what it introduces begins."""
    return text[-1] in _LEADS_IN or _INTRODUCES.search(text[-_LEADING:]) is not None


def lists(passage: Passage, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of quotable spans that are the items of one list, each run with the line above it."""
    text = passage.text
    for style, run in groupby(spans, lambda span: _style(text[slice(*span)])):
        items = list(run)
        if style is None or style is _ARTICLES or len(items) < _FEWEST_ITEMS:
            continue
        above = text[: items[0][0]].rstrip()
        line = above.rpartition("\n")[2].strip()
        named = 0 < len(line) <= _LONGEST_HEADING and not line.endswith(_ENDS)
        start = above.rindex(line) if named else items[0][0]
        if items[-1][1] - start <= _LONGEST_WHOLE_LIST:
            yield start, items[-1][1]


def _join(
    text: str, spans: Sequence[tuple[int, int]], headings: set[int]
) -> Iterator[tuple[int, int]]:
    """Sentences up to their full stop, each list with the words that introduce it."""
    held: tuple[int, int] | None = None
    listing = False
    for at, span in enumerate(spans):
        if held:
            listing = listing or _leads_in(text[slice(*held)]) or _introduces_code(text, held, span)
            if at not in headings and _belongs(text, held, span, listing):
                held = (held[0], span[1])
                continue
            yield held
        held, listing = (None if at in headings else span), False
    if held:
        yield held


def _belongs(text: str, held: tuple[int, int], new: tuple[int, int], listing: bool) -> bool:
    """Whether a sentence is to be read with what stands before it."""
    last, length = text[held[1] - 1], new[1] - held[0]
    new_line = "\n" in text[held[1] : new[0]]
    if _leads_in(text[slice(*held)]) or (
        last in _ASKS and (new_line or _ANSWERS.match(text, new[0]))
    ):
        return length <= _LONGEST_LIST
    if _QUESTIONS.match(text, held[0]) and not new_line and not _QUESTIONS.match(text, new[0]):
        return length <= _LONGEST_LIST
    if not new_line and _is_within_speech(text[slice(*held)]):
        return length <= _LONGEST_SPEECH
    if last in _PARTIAL:
        return length <= (_LONGEST_LIST if listing else _LONGEST)
    if not listing or length > _LONGEST_LIST:
        return False
    return _style(text[slice(*new)]) is not None or (
        _is_code(text[slice(*new)])
        and (_is_code(_last_line(text, held)) or _introduces_code(text, held, new))
    )


def _introduces_code(text: str, held: tuple[int, int], new: tuple[int, int]) -> bool:
    """Whether a sentence of Chinese stands over the first of the commands that it speaks of."""
    line, first = _last_line(text, held), text[slice(*new)]
    if "\n" not in text[held[1] : new[0]] or language_of(line) == "en" or not _is_code(first):
        return False
    return _PROMPT.match(first) is not None or _POINTS_DOWN.search(line) is not None


def _is_code(lines: str) -> bool:
    """Whether lines show a prompt, or no Chinese, no cells of a table, no full stop of prose."""
    return _PROMPT.match(lines) is not None or (
        lines[-1] not in ".!?" and not is_row(lines) and language_of(lines) == "en"
    )


def _last_line(text: str, stretch: tuple[int, int]) -> str:
    return text[slice(*stretch)].rpartition("\n")[2]


def _is_within_speech(stretch: str) -> bool:
    """Whether a stretch ends before the quotation marks in it are closed."""
    return any(stretch.count(opening) > stretch.count(closing) for opening, closing in _SPEECH)


def leans_back(sentence: str) -> bool:
    """Whether a sentence begins with a word that only the one before explains."""
    return _LEANS.match(normal(sentence[:_LEANING])) is not None


def head_of_table(text: str, row: str) -> str:
    """The head of the table that a row stands in; nothing for what is no row, or under no head."""
    rows = [line for line in text.splitlines() if is_row(line)][:2]
    return rows[0] if rows and is_row(row) and not _goes_on(*rows) else ""


def is_row(line: str) -> bool:
    """Whether a line is the row of a table; `$ cat log | less` is a command."""
    return _CELLS in line and not _PROMPT.match(line)


def _goes_on(first: str, second: str = "") -> bool:
    """Whether the first row seen of a table is no head: a cell is written as the one below it.

    A passage may begin within a table: 150/天 over 60/天, F1 over F2.
    """
    cells = zip(first.split(_CELLS), second.split(_CELLS), strict=False)
    shapes = ((_DIGITS.sub("9", one), _DIGITS.sub("9", two)) for one, two in cells)
    return any(one == two and "9" in one for one, two in shapes)


def _is_heading(text: str, spans: Sequence[tuple[int, int]], at: int, goes_on: bool = True) -> bool:
    """A short numbered line over a body, or the head of a table."""
    line = _whole_line(text, spans, at)
    if line is None:
        return False
    if at + 1 == len(spans):
        return goes_on and at > 0 and _ends_before_its_body(line, text[slice(*spans[at - 1])])
    if _ADDRESSED.match(line):
        return True
    following = text[slice(*spans[at + 1])]
    before = text[slice(*spans[at - 1])] if at else ""
    if _CELLS in line:
        return _CELLS in following and _CELLS not in before and not _goes_on(line, following)
    if len(line) > _LONGEST_HEADING or _STOPS.search(line) or not _HEADING.match(line):
        return False
    if line[0].isdigit() and len(following) <= len(line):
        return False
    style = _style(line)
    return style is None or style not in (_style(following), _style(before))


def _ends_before_its_body(line: str, before: str) -> bool:
    """Whether the last line of a passage is a heading whose text stands in the next passage."""
    named = _LAST_HEADING.match(line) is not None and len(line) <= _LONGEST_HEADING
    return named and not _STOPS.search(line) and _style(before) is not _style(line)


def _may_be_title(line: str) -> bool:
    plain = line.strip()
    return len(plain) <= _LONGEST_HEADING and not re.search(r"[。！？；：，!?;:,|\n]", plain)


def _whole_line(text: str, spans: Sequence[tuple[int, int]], at: int) -> str | None:
    """A sentence that is a line of its own."""
    start, end = spans[at]
    begins = at == 0 or "\n" in text[spans[at - 1][1] : start]
    ends = at + 1 == len(spans) or "\n" in text[end : spans[at + 1][0]]
    return text[start:end] if begins and ends else None


def _style(line: str) -> re.Pattern[str] | None:
    return next((style for style in _STYLES if style.match(line)), None)
