import datetime
import io
import zipfile

import docx
import pytest
import xlsxwriter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from ingest.errors import FileUnreadable, TooLarge
from ingest.parsers.word.numbering import write_number
from ingest.types import BlockKind
from tests.support.documents import zipped
from tests.support.reading import outline, read, texts


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


def numbered(*paragraphs: tuple[str, int], levels: str, overrides: str = "") -> bytes:
    """A document of paragraphs in one multi-level list, or in two where one begins anew."""
    document = docx.Document()
    root = document.part.numbering_part.element
    words = nsdecls("w")
    root.insert(
        0, parse_xml(f'<w:abstractNum {words} w:abstractNumId="90">{levels}</w:abstractNum>')
    )
    for identity, own in (("91", ""), ("92", overrides)):
        root.append(parse_xml(
            f'<w:num {words} w:numId="{identity}"><w:abstractNumId w:val="90"/>{own}</w:num>'
        ))  # fmt: skip
    for text, level in paragraphs:
        identity = "92" if text.startswith("新") else "91"
        document.add_paragraph(text)._p.get_or_add_pPr().append(parse_xml(
            f'<w:numPr {words}><w:ilvl w:val="{level}"/><w:numId w:val="{identity}"/></w:numPr>'
        ))  # fmt: skip
    return saved(document)


def level(depth: int, form: str, pattern: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def test_sections_below_chinese_chapters_are_numbered_in_digits_where_word_does():
    levels = level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    document = numbered(("总则", 0), ("目的", 1), ("罚则", 0), ("罚款", 1), levels=levels)
    assert texts(read("a.docx", document)) == ["第一章 总则", "1.1 目的", "第二章 罚则", "2.1 罚款"]


def test_articles_go_on_counting_over_chapters_where_word_does():
    levels = level(0, "chineseCounting", "第%1章")
    levels += level(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>')
    document = numbered(("总则", 0), ("甲。", 1), ("罚则", 0), ("乙。", 1), levels=levels)
    assert texts(read("a.docx", document))[1::2] == ["第一条 甲。", "第二条 乙。"]


def test_a_list_that_begins_anew_counts_from_its_own_start():
    document = numbered(
        ("甲。", 0), ("乙。", 0), ("新甲。", 0), ("新乙。", 0),
        levels=level(0, "chineseCounting", "（%1）"),
        overrides='<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>',
    )  # fmt: skip
    assert read("a.docx", document).text == "（一）甲。\n（二）乙。\n（一）新甲。\n（二）新乙。"


@pytest.mark.parametrize(
    ("form", "count", "text"),
    [("chineseLegalSimplified", 12, "拾贰"), ("ideographTraditional", 3, "丙"),
     ("ideographDigital", 10, "一〇"), ("decimalZero", 7, "07"), ("decimalFullWidth", 12, "１２"),
     ("upperRoman", 14, "XIV"), ("lowerLetter", 3, "c")],
)  # fmt: skip
def test_numbers_in_the_forms_of_word(form, count, text):
    assert write_number(count, form) == text


def test_headings_without_a_style_are_known_by_numbering_and_by_centred_large_type():
    document = docx.Document()
    for text, size in (("关于防汛工作的通知", 22), ("2024年5月", 14)):
        title = document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        title.add_run(text).font.size = Pt(size)
    document.add_paragraph("第一章\t1", style="Normal")  # a line of a table of contents
    for text in ("各单位：", "一、落实值班", "值班电话如下。", "（一）白天。", "第二章 附则"):
        document.add_paragraph(text)
    assert outline(read("a.docx", saved(document))) == [
        ("关于防汛工作的通知",),
        ("关于防汛工作的通知", "2024年5月"),
        ("关于防汛工作的通知", "2024年5月", "一、落实值班"),
        ("关于防汛工作的通知", "第二章 附则"),
    ]


def test_hidden_words_and_readings_are_left_out_and_ticked_boxes_read():
    document = docx.Document()
    paragraph = document.add_paragraph("看得见")
    paragraph.add_run("看不见").font.hidden = True
    for run in (
        "<w:ruby><w:rt><w:r><w:t>hàn</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>汉</w:t></w:r></w:rubyBase></w:ruby>",
        '<w:sym w:font="Wingdings 2" w:char="F052"/>',
    ):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{run}</w:r>"))
    assert read("a.docx", saved(document)).text == "看得见汉☑"


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
    group.shapes.add_textbox(0, Inches(6), 100, 100).text_frame.text = "组内文字"
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


def test_percentages_are_read_as_they_are_shown():
    def fill(book):
        page = book.add_worksheet("表")
        page.write_row(1, 1, ["地区", "增长", "占比", "单价"])
        page.write(2, 1, "华东")
        page.write(2, 2, 0.1245, book.add_format({"num_format": "0.00%"}))
        page.write(2, 3, 0.3, book.add_format({"num_format": "#,##0.0%;[Red]-0.0%"}))
        page.write(2, 4, 0.3, book.add_format({"num_format": '0.0"%元"'}))

    assert texts(read("a.xlsx", sheet(fill)), BlockKind.TABLE) == [
        "地区 | 增长 | 占比 | 单价\n华东 | 12.45% | 30.0% | 0.3"
    ]


def test_cells_merged_below_empty_rows_speak_for_each_row():
    def fill(book):
        page = book.add_worksheet("表")
        page.write_row(3, 2, ["部门", "姓名"])
        page.merge_range(4, 2, 5, 2, "研发")
        page.write_column(4, 3, ["甲某", "乙某"])

    table = "部门 | 姓名\n研发 | 甲某\n研发 | 乙某"
    assert texts(read("a.xlsx", sheet(fill)), BlockKind.TABLE) == [table]


def test_identity_numbers_keep_all_their_digits():
    def fill(book):
        book.add_worksheet("表").write_column(0, 0, ["身份证", 500101199001010000])

    assert "500101199001010000" in read("a.xlsx", sheet(fill)).text


def test_the_header_below_a_title_is_repeated_and_not_the_title():
    def fill(book):
        page = book.add_worksheet("表")
        for number, row in enumerate((["销售统计"], ["单位：万元"], ["月份", "金额"])):
            page.write_row(number, 0, row)
        for row in range(3, 60):
            page.write_row(row, 0, [f"第{row}行的月份名称", row])

    extract = read("a.xlsx", sheet(fill))
    assert texts(extract)[1] == "销售统计\n单位：万元"
    tables = texts(extract, BlockKind.TABLE)
    assert len(tables) > 1 and all(table.startswith("月份 | 金额\n") for table in tables)


def test_slides_are_read_from_above_and_a_slide_without_title_is_under_none():
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "预算"
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    for height, text in ((4, "三"), (1, "一"), (2, "二")):
        slide.shapes.add_textbox(0, Inches(height), 100, 100).text_frame.text = text
    extract = read("a.pptx", saved(presentation))
    assert texts(extract) == ["预算", "一", "二", "三"]
    assert [s.heading for s in extract.sections] == [("预算",), (), (), ()]
