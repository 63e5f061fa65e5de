"""The numbers that Word writes before paragraphs: kept apart from the text, so counted here."""

from functools import lru_cache
from typing import Any

from lxml import etree
from msgspec import Struct

from ingest.parsers.word.names import PARSER, w
from ingest.parsers.word.package import WordPackage
from ingest.parsers.word.styles import Styles

_VAL, _ID, _LEVEL, _PPR = (w(name) for name in ("val", "numId", "ilvl", "pPr"))
_NUMBERING = f"{_PPR}/{w('numPr')}"
_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting",
     "taiwaneseCountingThousand", "japaneseCounting")
)  # fmt: skip
_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_DIGIT_BY_DIGIT = frozenset(("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"))
# After these Chinese writes no space.
_CLOSED = ("）", "、", "．", "：")


class _Level(Struct, frozen=True):
    pattern: str
    form: str
    start: int
    arabic: bool
    """The numbers of the levels above are shown as 1, 2, 3 too."""
    restarts: int
    """The level above which begins it anew; -1 where none does."""


class _Definitions:
    """A document's lists; the same for all documents made from one template."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self.lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self.starts: dict[str, dict[int, int]] = {}
        """Where the levels of a list begin that does not go on with another of its kind."""
        self.styles: dict[str, tuple[str, int]] = {}
        """The list and level of numbered styles."""
        kinds = {item.get(w("abstractNumId")): item for item in root.iterfind(w("abstractNum"))}
        for number in root.iterfind(w("num")):
            kind = number.find(w("abstractNumId"))
            identity = (kind.get(_VAL) or "") if kind is not None else ""
            if identity in kinds:
                own = number.get(_ID) or ""
                self.lists[own] = (identity, _levels(kinds[identity]))
                self.starts[own] = _overrides(number)
        # Few of the many styles are numbered: those alone are looked at.
        for properties in styles.root.iterfind(f"{w('style')}/{_NUMBERING}"):
            style = properties.getparent().getparent()
            found = _reference(style)
            if found:
                self.styles[style.get(w("styleId")) or ""] = found


@lru_cache(maxsize=1)
def _definitions(part: bytes, styles: Styles) -> _Definitions:
    root = etree.fromstring(part, PARSER) if part else etree.Element(w("numbering"))
    return _Definitions(root, styles)


class Numbering:
    """Counts a document's numbered paragraphs in their order."""

    def __init__(self, document: WordPackage) -> None:
        """Take the numbering definitions, and which styles use them."""
        known = _definitions(document.numbering, document.styles)
        self._lists, self._styles = known.lists, known.styles
        self._fresh = dict(known.starts)
        self._counts: dict[str, dict[int, int]] = {}

    def next(self, paragraph: Any, style: str | None) -> str:
        """The paragraph's number as Word shows it, `-` for a bullet, with the gap that follows."""
        found = _reference(paragraph) or self._styles.get(style or "")
        if not found or found[0] not in self._lists:
            return ""
        kind, levels = self._lists[found[0]]
        level = levels.get(found[1])
        if level is None:
            return ""
        if level.form in ("bullet", "none"):
            return "- " if level.form == "bullet" else ""
        counts = self._counts.setdefault(kind, {})
        self._count(counts, found, levels)
        text = level.pattern
        for depth in range(found[1] + 1):
            at = levels.get(depth, level)
            count = counts.get(depth, at.start)
            form = at.form if depth == found[1] or not level.arabic else "decimal"
            text = text.replace(f"%{depth + 1}", write_number(count, form))
        text = text.strip()
        return text if not text or text.endswith(_CLOSED) else f"{text} "

    def _count(
        self, counts: dict[int, int], found: tuple[str, int], levels: dict[int, _Level]
    ) -> None:
        # Another list of the same kind may begin anew, the first time it is used.
        own, depth = found
        counts.update((at, start - 1) for at, start in self._fresh.pop(own, {}).items())
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            if deeper not in levels or levels[deeper].restarts >= depth:
                del counts[deeper]


def write_number(count: int, form: str) -> str:
    """A number in one of Word's forms."""
    if form in _CHINESE:
        return chinese(count)
    if form == "chineseLegalSimplified":
        return chinese(count).translate(_LEGAL)
    if form in _DIGIT_BY_DIGIT:
        return "".join("〇" if digit == "0" else _DIGITS[int(digit)] for digit in str(count))
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if form == "ideographTraditional" else _BRANCHES
        return signs[(count - 1) % len(signs)]
    if form == "decimalZero":
        return f"{count:02}"
    if form.startswith("decimalFullWidth"):
        return str(count).translate(_WIDE)
    if form in ("lowerLetter", "upperLetter") and count <= 26:
        return chr((97 if form == "lowerLetter" else 65) + count - 1)
    if form in ("lowerRoman", "upperRoman"):
        return roman(count) if form == "upperRoman" else roman(count).lower()
    if form == "decimalEnclosedCircle" and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    return str(count)


def chinese(count: int) -> str:
    """A number below ten thousand in Chinese: 十二, 一百零三."""
    if count >= 10_000:
        return str(count)
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = count // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + name
        gap = not digit
    text = text or "零"
    return text[1:] if text.startswith("一十") else text


def roman(count: int) -> str:
    """A number in Roman numerals."""
    text = ""
    for value, sign in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
        (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        text += sign * (count // value)
        count %= value
    return text


def _levels(kind: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for level in kind.iterfind(w("lvl")):
        values = {
            name: found.get(_VAL) or ""
            for name in ("lvlText", "numFmt", "start")
            if (found := level.find(w(name))) is not None
        }
        depth = _number(level.get(_LEVEL))
        restart = level.find(w("lvlRestart"))
        levels[depth] = _Level(
            values.get("lvlText", ""),
            values.get("numFmt", "decimal"),
            _number(values.get("start"), 1),
            level.find(w("isLgl")) is not None,
            depth - 1 if restart is None else _number(restart.get(_VAL)) - 1,
        )
    return levels


def _overrides(number: Any) -> dict[int, int]:
    """Where the levels of one list begin, as far as it says so itself."""
    found = {}
    for override in number.iterfind(w("lvlOverride")):
        start = override.find(w("startOverride"))
        if start is not None:
            found[_number(override.get(_LEVEL))] = _number(start.get(_VAL), 1)
    return found


def _reference(node: Any) -> tuple[str, int] | None:
    properties = node.find(_NUMBERING)
    if properties is None:
        return None
    number, level = properties.find(_ID), properties.find(_LEVEL)
    if number is None:
        return None
    return number.get(_VAL) or "", _number(level.get(_VAL)) if level is not None else 0


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isdigit() else otherwise
