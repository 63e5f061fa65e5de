"""The page of a document: everything escaped, the cited stretch marked once, tables as tables."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from docqa.serve.document_page import MOST_CHARACTERS, document_page, shown_stretch
from docqa.types import DocumentInfo
from ingest.types import BlockKind, Section

HOSTILE = '<script>alert(1)</script> & "quoted" <img src=x onerror=alert(2)>'


def page(text, sections, cited, path="合同.docx"):
    info = DocumentInfo(1, path, None, "ok", len(text), 1, 0)
    return document_page(info, text, sections, (0, len(text)), cited)


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.marked = [], "", ""
        self._open = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "main" in self._open:
            self.text += data
        if "mark" in self._open:
            self.marked += data


def test_documents_bring_no_markup_of_their_own():
    sections = [Section(0, len(HOSTILE), BlockKind.PARAGRAPH, None, (HOSTILE,))]
    seen = Seen(page(HOSTILE, sections, (0, 8), path=f"{HOSTILE}.txt"))
    assert not {"script", "img"} & set(seen.tags)
    assert seen.marked == "<script>" and HOSTILE in seen.text


def test_tables_are_tables_and_the_cited_row_is_marked():
    text = "产品 | 单价\n茶壶 | 128\n茶杯 | 30"
    start = text.index("茶壶")
    sections = [Section(0, len(text), BlockKind.TABLE, 2, ())]
    html = page(text, sections, (start, start + len("茶壶 | 128")))
    seen = Seen(html)
    assert (seen.tags.count("tr"), seen.tags.count("th"), seen.tags.count("td")) == (3, 2, 4)
    assert seen.marked == "茶壶128" and html.count('id="cited"') == 1


def test_a_row_that_ends_early_has_all_its_cells():
    text = "城市 | 上限 | 备注\n省会 | 450\n其他 | 350 | 含县级市"
    seen = Seen(page(text, [Section(0, len(text), BlockKind.TABLE, 1, ())], (0, 0)))
    assert (seen.tags.count("th"), seen.tags.count("td")) == (3, 6)


@given(st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=300), st.data())
def test_every_character_is_shown_and_the_cited_ones_are_marked(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    seen = Seen(page(text, [Section(0, len(text), BlockKind.PARAGRAPH, None, ())], (start, end)))
    assert (seen.text, seen.marked) == (text, text[start:end])


def test_a_long_document_shows_the_part_around_the_citation():
    first, last = shown_stretch(10 * MOST_CHARACTERS, 400_000, 400_050)
    assert first <= 400_000 < 400_050 <= last and last - first == MOST_CHARACTERS
    assert shown_stretch(100, 5, 9) == (0, 100)
