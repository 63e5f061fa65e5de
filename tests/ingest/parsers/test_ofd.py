"""OFD: pages of letters placed in millimetres, as offices and invoices have."""

import pytest

from ingest.errors import FileUnreadable
from ingest.types import BlockKind
from tests.support.documents import LAW, zipped
from tests.support.reading import outline, read, texts

NAMES = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(words: str, x: float, y: float, size: float = 3.5, **more: str) -> str:
    """A line of text whose baseline is `size` below its box's upper edge."""
    deltas = more.pop("deltas", f"g {len(words) - 1} {size}")
    rest = "".join(f' {name}="{value}"' for name, value in more.items())
    return (
        f'<ofd:TextObject Boundary="{x} {y} 150 {size}" Size="{size}"{rest}>'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="{deltas}">{words}</ofd:TextCode></ofd:TextObject>'
    )


def ofd(*pages: str, template: str = "", **parts: str | bytes) -> bytes:
    """A package of these pages' objects."""
    uses = '<ofd:Template TemplateID="90"/>' if template else ""
    places = (f"Pages/Page_{n}/Content.xml" for n in range(len(pages)))
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="{place}"/>' for n, place in enumerate(places))
    content = '<ofd:Content><ofd:Layer ID="1">{}</ofd:Layer></ofd:Content>'
    entries: dict[str, str | bytes] = {
        "OFD.xml": f"""<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {NAMES}><ofd:DocBody>
            <ofd:DocInfo><ofd:Title>采购合同</ofd:Title></ofd:DocInfo>
            <ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>""",
        "Doc_0/Document.xml": f"""<ofd:Document {NAMES}><ofd:CommonData><ofd:PageArea>
            <ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>
            <ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0.xml"/></ofd:CommonData><ofd:Pages>
            {listed}</ofd:Pages><ofd:Outlines>
            <ofd:OutlineElem Title="付款方式"><ofd:Actions><ofd:Action>
            <ofd:Goto><ofd:Dest PageID="0"/></ofd:Goto></ofd:Action></ofd:Actions></ofd:OutlineElem>
            </ofd:Outlines></ofd:Document>""",
        "Doc_0/Tpls/Tpl_0.xml": f"<ofd:Page {NAMES}>{content.format(template)}</ofd:Page>",
    }
    for n, objects in enumerate(pages):
        page = f"<ofd:Page {NAMES}>{uses}{content.format(objects)}</ofd:Page>"
        entries[f"Doc_0/Pages/Page_{n}/Content.xml"] = page
    return zipped(entries | parts)


def lines(words: str, x: float = 30, y: float = 60, each: int = 36) -> str:
    pieces = [words[at : at + each] for at in range(0, len(words), each)]
    return "".join(text(piece, x, y + 6 * n) for n, piece in enumerate(pieces))


def test_lines_become_paragraphs_under_the_headings_of_the_outline():
    extract = read("a.ofd", ofd(text("付款方式", 30, 40) + lines(LAW)))
    assert extract.title == "采购合同"
    assert outline(extract) == [("付款方式",)]
    assert texts(extract)[1:] == [LAW]


def test_letters_that_are_objects_of_their_own_are_one_line():
    objects = "".join(text(letter, 30 + 3.5 * n, 60) for n, letter in enumerate(LAW[:20]))
    assert read("a.ofd", ofd(objects)).text == LAW[:20]


def test_spread_letters_and_numbers_keep_together():
    objects = text("名称：", 30, 60, deltas="3.5 3.5") + text("12.50", 60, 60, deltas="g 4 1.75")
    assert "12.50" in read("a.ofd", ofd(objects)).text


def test_the_form_of_an_invoice_and_its_entries_are_one_page():
    form = text("发票号码：", 120, 20) + text("开票日期：", 120, 30)
    entries = text("26952000000012345678", 140, 20, deltas="g 19 1.75") + text(
        "2026年11月28日", 140, 30
    )
    found = read("a.ofd", ofd(entries, template=form)).text
    assert "发票号码： 26952000000012345678" in found.replace(" | ", " ")
    assert "开票日期： 2026年11月28日" in found.replace(" | ", " ")


def test_cells_below_one_another_are_a_table():
    rows = [("品名", "数量", "金额"), ("紫砂茶壶", "12", "864.00"), ("青瓷花瓶", "3", "298.50")]
    objects = "".join(
        text(cell, 30 + 40 * column, 60 + 8 * row)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    )
    assert texts(read("a.ofd", ofd(objects)), BlockKind.TABLE) == [
        "\n".join(" | ".join(row) for row in rows)
    ]


def test_pages_count_and_a_damaged_one_costs_itself_alone():
    whole = ofd(lines(LAW), lines(LAW[::-1]))
    assert [s.page for s in read("a.ofd", whole).sections] == [1, 2]
    broken = ofd(lines(LAW), "<unclosed>", lines(LAW[::-1]))
    extract = read("a.ofd", broken)
    assert extract.unreadable_pages == (2,)
    assert LAW[::-1] in extract.text


@pytest.mark.parametrize("name", ["a.ofd", "a.zip", "a"])
def test_content_tells_it_from_other_archives(name):
    assert LAW in read(name, ofd(lines(LAW))).text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ofd(""), "no_text"),
        (ofd(), "damaged"),
        (ofd("<x>"), "damaged"),
        (zipped({"OFD.xml": "<a/>"}), "damaged"),
    ],
)
def test_what_cannot_be_read_is_said(data, code):
    with pytest.raises(FileUnreadable) as refused:
        read("a.ofd", data)
    assert refused.value.code == code
