"""The numbers that Word writes before paragraphs: kept apart from the text, so counted here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn
from lxml import etree

if TYPE_CHECKING:
    from docx.document import Document

_VAL, _ID, _LEVEL, _PPR = (qn(f"w:{name}") for name in ("val", "numId", "ilvl", "pPr"))
_NUMBERING = f"{_PPR}/{qn('w:numPr')}"
_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "ideographDigital",
     "taiwaneseCountingThousand", "japaneseCounting", "chineseLegalSimplified")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    pattern: str
    form: str
    start: int


class Numbering:
    """Counts a document's numbered paragraphs in their order."""

    def __init__(self, document: "Document") -> None:
        """Read the numbering definitions and which styles use them."""
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        root = _numbering_root(document)
        if root is None:
            return
        kinds = {
            item.get(qn("w:abstractNumId")): item for item in root.iterfind(qn("w:abstractNum"))
        }
        for number in root.iterfind(qn("w:num")):
            kind = number.find(qn("w:abstractNumId"))
            identity = (kind.get(_VAL) or "") if kind is not None else ""
            if identity in kinds:
                self._lists[number.get(_ID) or ""] = (identity, _levels(kinds[identity]))
        # Few of the many styles are numbered: those alone are looked at.
        for properties in document.styles.element.iterfind(f"{qn('w:style')}/{_NUMBERING}"):
            style = properties.getparent().getparent()
            found = _reference(style)
            if found:
                self._styles[style.get(qn("w:styleId")) or ""] = found

    def next(self, paragraph: Any, style: str | None) -> str:
        """The paragraph's number as Word shows it, `-` for a bullet, or nothing."""
        found = _reference(paragraph) or self._styles.get(style or "")
        if not found or found[0] not in self._lists:
            return ""
        kind, levels = self._lists[found[0]]
        level = levels.get(found[1])
        if level is None:
            return ""
        if level.form in ("bullet", "none"):
            return "-" if level.form == "bullet" else ""
        counts = self._counts.setdefault(kind, {})
        counts[found[1]] = counts.get(found[1], level.start - 1) + 1
        for deeper in [depth for depth in counts if depth > found[1]]:
            del counts[deeper]
        text = level.pattern
        for depth in range(found[1] + 1):
            at = levels.get(depth, level)
            count = counts.get(depth, at.start)
            form = level.form if depth == found[1] else at.form
            text = text.replace(f"%{depth + 1}", written(count, form))
        return text.strip()


def written(count: int, form: str) -> str:
    """A number in one of Word's forms."""
    if form in _CHINESE:
        return chinese(count)
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


def _numbering_root(document: "Document") -> Any:
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering") and not relation.is_external:
            return etree.fromstring(
                relation.target_part.blob, etree.XMLParser(resolve_entities=False)
            )
    return None


def _levels(kind: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for level in kind.iterfind(qn("w:lvl")):
        values = {
            name: found.get(_VAL) or ""
            for name in ("lvlText", "numFmt", "start")
            if (found := level.find(qn(f"w:{name}"))) is not None
        }
        start = values.get("start", "1")
        levels[_number(level.get(_LEVEL))] = _Level(
            values.get("lvlText", ""), values.get("numFmt", "decimal"), _number(start, 1)
        )
    return levels


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
