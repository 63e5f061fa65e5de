import datetime
import io
import zipfile

import docx
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.errors import FileUnreadable, TooLarge
from ingest.types import BlockKind
from tests.ingest.documents import zipped
from tests.ingest.reading import outline, read, texts


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def sheet(fill) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        fill(book)
    return file.getvalue()


def test_word_headings_paragraphs_and_title():
    document = docx.Document()
    document.add_heading("员工手册", 0)
    document.add_heading("第一章 总则", 1)
    document.add_heading("适用", 2)
    document.add_paragraph("为了规范管理，制定本手册。")
    extract = read("a.docx", saved(document))
    assert extract.title == "员工手册"
    assert extract.sections[-1].heading == ("第一章 总则", "适用")


def test_word_numbers_are_counted_as_word_shows_them():
    document = docx.Document()
    for text in ("甲", "乙"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("丙", style="List Bullet")
    assert read("a.docx", saved(document)).text == "1. 甲\n2. 乙\n- 丙"


def test_articles_numbered_by_word_get_their_chinese_numbers():
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="9"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
    ))  # fmt: skip
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>')
    )
    for text in ("工资按月支付。", "加班另计。", "试用期照发。"):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="91"/></w:numPr>'
        ))  # fmt: skip
    assert texts(read("a.docx", saved(document))) == [
        "第九条 工资按月支付。", "第十条 加班另计。", "第十一条 试用期照发。",
    ]  # fmt: skip


def test_word_tables_are_rows_and_merged_cells_speak_for_each_row():
    document = docx.Document()
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate((("部门", "姓名"), ("研发", "甲某"), ("", "乙某"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    assert texts(read("a.docx", saved(document)), BlockKind.TABLE) == [
        "部门 | 姓名\n研发 | 甲某\n研发 | 乙某"
    ]


def test_text_boxes_and_content_controls_are_read_and_deletions_are_not():
    document = docx.Document()
    words = nsdecls("w")
    body = document.element.body
    body.insert(0, parse_xml(
        f"<w:sdt {words}><w:sdtContent><w:p><w:r><w:t>控件里的字</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    ))  # fmt: skip
    body.insert(1, parse_xml(
        f"<w:p {words}><w:r><w:t>留下</w:t></w:r>"
        "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>加上</w:t></w:r></w:ins><w:r><w:pict><w:txbxContent><w:p><w:r>"
        "<w:t>框中</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    ))  # fmt: skip
    assert texts(read("a.docx", saved(document))) == ["控件里的字", "留下加上", "框中"]


def test_slides_give_titles_groups_tables_charts_and_notes_with_their_number():
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "项目进展"
    slide.placeholders[1].text = "第一点\n第二点"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "组内文字"
    slide.notes_slide.notes_text_frame.text = "备注内容"
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "数据"
    table = slide.shapes.add_table(2, 2, 0, 0, Inches(3), Inches(1)).table
    for place, text in enumerate(("名称", "值", "甲", "1")):
        table.cell(place // 2, place % 2).text = text
    chart = CategoryChartData()
    chart.categories = ["一月", "二月"]
    chart.add_series("收入", (3, 4.5))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(3), Inches(3), chart)
    extract = read("a.pptx", saved(presentation))
    assert outline(extract) == [("项目进展",), ("数据",)]
    assert texts(extract) == [
        "项目进展", "第一点\n第二点", "组内文字", "备注内容",
        "数据", "名称 | 值\n甲 | 1", "| 一月 | 二月\n收入 | 3 | 4.5",
    ]  # fmt: skip
    assert {s.page for s in extract.sections} == {1, 2}


def test_sheets_are_pages_with_rows_under_their_header():
    def fill(book):
        sales = book.add_worksheet("销售")
        sales.write_row(0, 0, ["月份", "金额", "日期"])
        sales.write_row(1, 0, ["一月", 3, ""])
        sales.write_datetime(
            1, 2, datetime.datetime(2026, 1, 31), book.add_format({"num_format": "yyyy-mm-dd"})
        )
        sales.merge_range(2, 0, 3, 0, "二月")
        sales.write_row(2, 1, [4.5])
        sales.write_row(3, 1, [5])
        book.add_worksheet("空")

    extract = read("a.xlsx", sheet(fill))
    assert texts(extract) == [
        "销售",
        "月份 | 金额 | 日期\n一月 | 3 | 2026-01-31\n二月 | 4.5\n二月 | 5",
    ]
    assert [page.label for page in extract.pages] == ["销售", "空"]


def test_long_tables_repeat_their_header():
    rows = "\n".join(f"甲{n},说明文字第{n}号，内容若干" for n in range(60))
    tables = texts(read("a.csv", "名称,说明\n" + rows.replace("，", "；")), BlockKind.TABLE)
    assert len(tables) > 3
    assert all(table.startswith("名称 | 说明\n") for table in tables)
    assert sum(table.count("\n") for table in tables) == 60


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimited_text_in_gbk(sign):
    data = f"姓名{sign}部门\n张三{sign}研发部门\n".encode("gbk")
    assert read("a.csv", data).text == "姓名 | 部门\n张三 | 研发部门"


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub"])
@pytest.mark.parametrize("data", [b"PK\3\4 cut short", b"\0\1\2\3" * 50])
def test_damaged_containers_are_named(name, data):
    with pytest.raises(FileUnreadable, match="damaged"):
        read(name, data)


def test_a_container_of_something_else_is_refused_by_its_content():
    with pytest.raises(FileUnreadable, match="unsupported_archive"):
        read("a.docx", zipped({"photo.jpg": b"\xff\xd8\xff"}))


def test_a_word_document_by_another_name_is_read():
    document = docx.Document()
    document.add_paragraph("正文。")
    extract = read("报告.txt", saved(document))
    assert (extract.text, extract.notes) == ("正文。", ("wrong_suffix",))


def bomb(size: int) -> bytes:
    return zipped({"word/document.xml": b" " * size, "xl/workbook.xml": b""})


def test_a_declared_bomb_is_refused_unopened():
    with pytest.raises(TooLarge, match="archive_bomb"):
        read("a.docx", bomb(64 * 1024 * 1024))


def test_a_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(bomb(64 * 1024 * 1024))
    true = (64 * 1024 * 1024).to_bytes(4, "little")
    assert data.count(true) == 2  # in the local and in the central header
    data = data.replace(true, (1000).to_bytes(4, "little"))
    with pytest.raises(FileUnreadable, match="damaged"):
        read("a.docx", bytes(data))


def test_office_files_with_entities_are_refused():
    document = docx.Document()
    with zipfile.ZipFile(io.BytesIO(saved(document))) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["word/document.xml"] = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    with pytest.raises(FileUnreadable, match="xml_entities"):
        read("a.docx", zipped(entries))


def test_an_encrypted_office_file_says_so():
    # Office wraps encrypted documents in its older container.
    data = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    )
    with pytest.raises(FileUnreadable, match="encrypted"):
        read("a.docx", data)


def test_an_empty_document_is_an_error():
    with pytest.raises(FileUnreadable, match="no_text"):
        read("a.docx", saved(docx.Document()))
