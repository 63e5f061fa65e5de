"""Rich Text Format: control words, groups, and bytes in the encoding of their font."""

import re
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from ingest.encodings.decode import codec
from ingest.pages.numbering import heading_level
from ingest.source import SourceFile
from ingest.tables import table_blocks
from ingest.types import Block, BlockKind, Parsed

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    b"colortbl stylesheet info pict header headerl headerr headerf footer footerl footerr footerf"
    b" fldinst object shprslt themedata datastore listtable listoverridetable rsidtbl"
    b" generator".split()
)
_UNSEEN = (b"deleted", b"v")  # struck out by a change, or hidden; 0 ends it
_SIGNS = {
    b"tab": "\t", b"line": "\n", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"emspace": "\u3000",
}  # fmt: skip
# Windows' numbers for the character sets of fonts.
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 204: "cp1251"}


class _State(Struct, frozen=True):
    """What a group inherits from the one around it."""

    skipped: bool = False
    unseen: bool = False
    fonts: bool = False
    font: int = 0
    after_unicode: int = 1
    level: int = 0
    in_table: bool = False

    @property
    def silent(self) -> bool:
        """Whether what stands here is no text of the document."""
        return self.skipped or self.unseen or self.fonts


class _Reader(Struct):
    """Walks the tokens; bytes wait until all of a character are there."""

    encoding: str = "cp1252"
    charsets: dict[int, str] = field(default_factory=dict)
    state: _State = _State()
    groups: list[_State] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)
    to_pass: int = 0
    cells: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def blocks(self, data: bytes) -> Iterator[Block]:
        """The blocks of a file."""
        for match in _TOKEN.finditer(data):
            word, number, byte, sign, brace, plain = match.groups()
            if byte:
                self._byte(int(byte, 16))
                continue
            if plain:
                self._plain(plain)
                continue
            self._decode_waiting()
            if brace:
                self._group(opens=brace == b"{")
            elif sign:
                self._sign(sign)
            elif word in (b"par", b"sect", b"page") and not self.state.skipped:
                yield from self._paragraph()
            elif word:
                self._word(word, int(number) if number else None)
        self._decode_waiting()
        yield from self._paragraph()
        yield from self._table()

    def _byte(self, value: int) -> None:
        if self.to_pass:
            self.to_pass -= 1
        elif not self.state.silent:
            self.waiting.append(value)

    def _plain(self, plain: bytes) -> None:
        plain, self.to_pass = plain[self.to_pass :], max(0, self.to_pass - len(plain))
        if not self.state.silent:
            # The second byte of a Chinese character may stand as a plain letter.
            self.waiting += plain

    def _decode_waiting(self) -> None:
        if self.waiting:
            name = self.charsets.get(self.state.font, self.encoding)
            self.text.append(self.waiting.decode(name, "replace"))
            self.waiting.clear()

    def _group(self, *, opens: bool) -> None:
        if opens:
            self.groups.append(self.state)
        elif self.groups:
            self.state = self.groups.pop()

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self.state = replace(self.state, skipped=True)
        elif not self.state.silent:
            self.text.append({b"~": " ", b"_": "-", b"-": ""}.get(sign, sign.decode("latin-1")))

    def _word(self, word: bytes, number: int | None) -> None:
        state = self.state
        if word in _SKIPPED:
            self.state = replace(state, skipped=True)
        elif word in _UNSEEN:
            self.state = replace(state, unseen=number != 0)
        elif word == b"shptxt":
            # The text of a box stands within what older readers pass over.
            self.state = replace(state, skipped=False)
        elif word == b"fonttbl":
            self.state = replace(state, fonts=True)
        elif word == b"ansicpg" and number:
            self.encoding = codec(f"cp{number}") or self.encoding
        elif word == b"f" and number is not None:
            self.state = replace(state, font=number)
        elif word == b"fcharset" and number in _CHARSETS:
            self.charsets[state.font] = _CHARSETS[number]
        elif word == b"uc" and number is not None:
            self.state = replace(state, after_unicode=number)
        elif word == b"plain":
            self.state = replace(state, unseen=False)
        elif state.silent:
            return
        elif word == b"u" and number is not None:
            self.text.append(chr(number % 0x10000))
            self.to_pass = state.after_unicode
        elif word == b"pard":
            self.state = replace(state, level=0, in_table=False)
        elif word == b"outlinelevel" and number is not None:
            self.state = replace(state, level=number + 1)
        elif word == b"intbl":
            self.state = replace(state, in_table=True)
        elif word == b"cell":
            self.cells.append(self._take())
        elif word == b"row":
            self.rows.append(self.cells)
            self.cells = []
        else:
            self.text.append(_SIGNS.get(word, ""))

    def _take(self) -> str:
        text = "".join(self.text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        self.text = []
        return text.strip()

    def _paragraph(self) -> Iterator[Block]:
        if self.state.in_table:
            self.text.append(" ")
            return
        text = self._take()
        if not text:
            return
        yield from self._table()
        told = self.state.level if self.state.level < 10 else 0
        level = told or heading_level(text.replace("\t", " "))
        if level:
            yield Block(text, BlockKind.HEADING, level)
        else:
            yield Block(text)

    def _table(self) -> Iterator[Block]:
        rows, self.rows = self.rows, []
        return table_blocks(rows)


def parse(source: SourceFile) -> Parsed:
    """Read an RTF file."""
    return Parsed(tuple(_Reader().blocks(source.data)))
