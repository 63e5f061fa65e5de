"""Markdown of answers: citations and unsupported sentences become things to click."""

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from docqa.types import Sentence, Verdict

CITATION, UNSUPPORTED, CONTRADICTED = "cite:", "unsupported:", "contradicted:"
# Private-use marks around such sentences: only `mark` puts them in.
_BEGIN, _END, _END_CONTRADICTED = "\ue000", "\ue001", "\ue002"
_ENDS = {_END: ("[?]", UNSUPPORTED), _END_CONTRADICTED: ("[✗]", CONTRADICTED)}
_MARKS = str.maketrans("", "", _BEGIN + _END + _END_CONTRADICTED)
_PARTS = re.compile(rf"({_BEGIN}|{_END}|{_END_CONTRADICTED}|\[\d{{1,3}}\])")
_BLOCK_START = re.compile(r"\s*(?:(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)*")


def parser() -> MarkdownIt:
    """A parser that shows HTML as it is written, keeps line breaks, and knows our marks."""
    markdown = MarkdownIt("gfm-like", {"html": False, "linkify": False})
    # Strikethrough is how unsupported sentences reach the widget, so it is theirs alone; a
    # reference definition would turn citations into links that an answer chose.
    markdown.disable(["strikethrough", "image", "linkify", "reference"])
    markdown.core.ruler.push("citations", _citations)
    return markdown


def strip_marks(text: str) -> str:
    """Foreign text without our marks."""
    return text.translate(_MARKS)


def mark(text: str, sentences: Iterable[Sentence]) -> str:
    """The text with marks around the sentences that no passage supports, or one contradicts."""
    parts, done = [], 0
    for sentence in sentences:
        if sentence.supported or sentence.start < done:
            continue
        inside = text[sentence.start : sentence.end]
        start = sentence.start + (found.end() if (found := _BLOCK_START.match(inside)) else 0)
        end = sentence.start + len(inside.rstrip())
        if start < end:
            parts += [strip_marks(text[done:start]), _BEGIN, strip_marks(text[start:end])]
            contradicted = sentence.verdict is Verdict.CONTRADICTED
            parts.append(_END_CONTRADICTED if contradicted else _END)
            done = end
    return "".join((*parts, strip_marks(text[done:])))


def code_blocks(text: str) -> list[str]:
    """The code blocks of an answer."""
    kinds = ("fence", "code_block")
    return [token.content for token in parser().parse(text) if token.type in kinds]


def _citations(state: StateCore) -> None:
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(_split(block.children or []))
        elif block.content:
            block.content = strip_marks(block.content)


def _split(children: list[Token]) -> Iterator[Token]:
    marking = False
    for child in children:
        if child.type == "softbreak":
            # Models begin lines on purpose; joined lines of Chinese would gain a space.
            yield Token("hardbreak", "br", 0)
        elif child.type != "text":
            child.content = strip_marks(child.content)
            yield child
        else:
            for part in _PARTS.split(child.content):
                if part == _BEGIN:
                    marking = True
                    yield Token("s_open", "s", 1)
                elif part in _ENDS:
                    if marking:
                        marking = False
                        yield Token("s_close", "s", -1)
                    yield from _link(*_ENDS[part])
                elif _PARTS.fullmatch(part):
                    yield from _link(part, CITATION + part[1:-1])
                elif part:
                    yield Token("text", "", 0, content=part)
    if marking:
        yield Token("s_close", "s", -1)


def _link(text: str, href: str) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": href})
    yield Token("text", "", 0, content=text)
    yield Token("link_close", "a", -1)
