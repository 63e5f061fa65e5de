import io
import re

import pytest
from reportlab.lib.utils import ImageReader

from ingest.errors import FileUnreadable
from ingest.types import BlockKind, PageMethod
from tests.support.documents import (
    FONT,
    HEIGHT,
    LAW,
    WIDTH,
    embedded_font,
    paragraph,
    pdf,
    picture,
    write,
)
from tests.support.reading import outline, read, texts


def test_lines_become_paragraphs_without_breaks_or_spaces():
    def draw(canvas):
        y = paragraph(canvas, LAW, 72, HEIGHT - 100, 36)
        paragraph(canvas, "又一段。" + LAW, 72, y, 36)

    assert texts(read("a.pdf", pdf(draw))) == [LAW, "又一段。" + LAW]


def test_a_sentence_goes_on_over_the_page_and_each_part_keeps_its_page():
    def draw(canvas):
        y = HEIGHT - 100
        for _ in range(3):
            y = paragraph(canvas, LAW, 72, y, 36)
        write(canvas, LAW[:36], 72, y)
        canvas.showPage()
        write(canvas, LAW[36:72], 72, HEIGHT - 100)
        write(canvas, LAW[72:], 72, HEIGHT - 118)

    extract = read("a.pdf", pdf(draw))
    assert extract.text.endswith(LAW)
    assert [s.page for s in extract.sections][-2:] == [1, 2]


def test_columns_are_read_one_after_the_other_whatever_the_order_in_the_file():
    left, right = "左栏：" + LAW * 2, "右栏：" + LAW * 2

    def draw(canvas):
        write(canvas, "双栏排印的论文题目", 200, HEIGHT - 80, 18)
        for at in range(0, len(left), 18):
            y = HEIGHT - 120 - at / 18 * 16
            write(canvas, left[at : at + 18], 72, y, 11)
            write(canvas, right[at : at + 18], 320, y, 11)

    assert texts(read("a.pdf", pdf(draw))) == ["双栏排印的论文题目", left, right]


def test_three_columns_are_read_in_turn():
    columns = [f"第{n}栏甲乙丙丁：" + LAW for n in "一二三"]

    def draw(canvas):
        for at in range(0, len(columns[0]), 12):
            for number, text in enumerate(columns):
                write(
                    canvas, text[at : at + 12], 60 + number * 165, HEIGHT - 100 - at / 12 * 16, 11
                )

    assert texts(read("a.pdf", pdf(draw))) == columns


def test_rows_of_a_table_stay_together_below_columns():
    def draw(canvas):
        for at in range(0, len(LAW), 18):
            write(canvas, LAW[at : at + 18], 72, HEIGHT - 120 - at / 18 * 16, 11)
            write(canvas, LAW[at : at + 18], 320, HEIGHT - 120 - at / 18 * 16, 11)
        for number, row in enumerate(
            (("名称", "数量", "单价"), ("苹果", "3", "12.5"), ("梨", "12", "3.2"))
        ):
            for place, cell in enumerate(row):
                write(canvas, cell, 72 + place * 150, 300 - number * 18)

    tables = texts(read("a.pdf", pdf(draw)), BlockKind.TABLE)
    assert tables == ["名称 | 数量 | 单价\n苹果 | 3 | 12.5\n梨 | 12 | 3.2"]


def test_headers_footers_and_page_numbers_are_dropped():
    def draw(canvas):
        for number in range(1, 5):
            write(canvas, "云上茶壶公司内部资料", 72, HEIGHT - 40, 9)
            write(canvas, f"第 {number} 页 共 4 页", WIDTH / 2, 30, 9)
            paragraph(canvas, f"第{number}页的正文。" + LAW, 72, HEIGHT - 100, 36)
            canvas.showPage()

    extract = read("a.pdf", pdf(draw))
    assert "内部资料" not in extract.text
    assert texts(extract) == [f"第{n}页的正文。" + LAW for n in range(1, 5)]


def test_a_page_number_beyond_the_column_breaks_no_paragraph():
    # Latin letters leave lines of unequal length.
    lines = [
        "第1组样点共30个，记录到的水",
        "鸟以鸻鹬类为主，其数量随潮",
        "位变化明显，高潮时集中养殖",
    ]
    left = [*lines, "塘，低潮时分散到滩涂觅食。"]

    def draw(canvas):
        for at, line in enumerate(left):
            write(canvas, line, 72, HEIGHT - 120 - at * 16, 11)
            write(canvas, line, 320, HEIGHT - 120 - at * 16, 11)
        write(canvas, "第 1 页", 230, 30, 11)

    assert texts(read("a.pdf", pdf(draw)))[0] == "".join(left)


def test_letters_that_stand_alone_are_read_though_their_font_is_nowhere():
    def draw(canvas, font):
        for at, character in enumerate(LAW[:30]):
            write(canvas, character, 72 + at % 3 * 100, 700 - at // 3 * 30, 14, font)

    named = pdf(lambda canvas: draw(canvas, FONT))
    # Its codes mean something to this file alone.
    own = pdf(lambda canvas: draw(canvas, embedded_font(LAW)))
    lost = re.sub(rb"/FontFile2 \d+ 0 R", lambda found: b" " * len(found[0]), own)
    assert lost != own
    for data, method in ((named, PageMethod.TEXT), (lost, PageMethod.SECOND)):
        extract = read("a.pdf", data)
        assert "".join(extract.text.replace("|", "").split()) == LAW[:30]
        assert extract.pages[0].method is method


@pytest.mark.parametrize("font", [FONT, embedded_font(LAW)])
def test_columns_of_upright_characters_are_read_from_the_right(font):
    def draw(canvas):
        for column in range(0, len(LAW), 24):
            for row, character in enumerate(LAW[column : column + 24]):
                write(canvas, character, WIDTH - 90 - column, HEIGHT - 100 - row * 18, 14, font)

    assert texts(read("a.pdf", pdf(draw))) == [LAW]


@pytest.mark.parametrize("angle", [90, -90])
@pytest.mark.parametrize("words", ["请随时来信。", "Mail us at any time, by 第3.2条 or not."])
@pytest.mark.parametrize("embedded", [True, False])
def test_text_turned_on_the_page_is_read_along_its_lines(angle, words, embedded):
    font = embedded_font(LAW + words) if embedded else FONT

    def draw(canvas):
        canvas.translate(*((WIDTH, 0) if angle > 0 else (0, HEIGHT)))
        canvas.rotate(angle)
        y = paragraph(canvas, LAW, 72, 400, 45, font=font)
        write(canvas, words, 96, y, font=font)

    assert texts(read("a.pdf", pdf(draw))) == [LAW, words]


def test_entries_of_a_table_of_contents_stay_apart():
    def draw(canvas):
        for row, title in enumerate(("第一章 总则", "第二章 养护标准", "第三章 附则")):
            write(canvas, title + "." * 60, 72, 700 - row * 22)
            canvas.drawRightString(WIDTH - 72, 700 - row * 22, str(row + 1))

    entries = ["第一章 总则 … 1", "第二章 养护标准 … 2", "第三章 附则 … 3"]
    assert read("a.pdf", pdf(draw)).text.split("\n\n") == entries


def test_cells_of_several_lines_stay_in_their_row():
    rows = (
        (("事项",), ("办理条件",), ("时限",)),
        (
            ("占用审批",),
            ("提交占用方案、补偿协议和恢复计划，", "并经主管部门初审同意。"),
            ("十五日",),
        ),
        (("移植审批",), ("组织专家论证，论证意见", "作为审批的", "依据。"), ("二十日",)),
    )

    def draw(canvas):
        top = 700
        for row in rows:
            for left, lines in zip((72, 160, 420), row, strict=True):
                for number, line in enumerate(lines):
                    write(canvas, line, left, top - number * 14, 11)
            top -= 14 * max(map(len, row)) + 8
        paragraph(canvas, LAW, 72, top - 20, 36)

    table = "\n".join(" | ".join("".join(cell) for cell in row) for row in rows)
    assert texts(read("a.pdf", pdf(draw))) == [table, LAW]


def test_a_watermark_is_no_part_of_the_text():
    def draw(canvas):
        canvas.saveState()
        canvas.translate(300, 400)
        canvas.rotate(45)
        write(canvas, "内部资料", 0, 0, 60)
        canvas.restoreState()
        paragraph(canvas, LAW, 72, HEIGHT - 100, 36)

    assert texts(read("a.pdf", pdf(draw))) == [LAW]


def test_cells_drawn_after_the_other_columns_stay_in_their_rows():
    def draw(canvas):
        for text, left in (("编号", 72), ("单价", 300)):
            for row in range(6):
                write(canvas, f"{text}{row}", left, 700 - row * 18)
        for row in range(6):
            write(canvas, f"品名{row}", 180, 700 - row * 18)

    table = "\n".join(f"编号{row} | 品名{row} | 单价{row}" for row in range(6))
    assert texts(read("a.pdf", pdf(draw))) == [table]


def test_a_title_pulled_apart_is_one_word_and_bullets_make_no_table():
    def draw(canvas):
        for place, character in enumerate("会议纪要"):
            write(canvas, character, 180 + place * 60, HEIGHT - 80, 22)
        paragraph(canvas, LAW, 72, HEIGHT - 120, 36)
        for row, text in enumerate(("带笔记本", "提前十分钟到场")):
            write(canvas, "●", 72, 500 - row * 18)
            write(canvas, text, 110, 500 - row * 18)

    found = read("a.pdf", pdf(draw))
    assert texts(found) == ["会议纪要", LAW, "● 带笔记本", "● 提前十分钟到场"]


def test_headings_come_from_type_size_and_numbering():
    def draw(canvas):
        write(canvas, "员工手册", 200, HEIGHT - 80, 24)
        write(canvas, "第一章 总则", 72, HEIGHT - 120, 16)
        paragraph(canvas, LAW, 72, HEIGHT - 150, 36)
        write(canvas, "1.2 适用范围", 72, HEIGHT - 240)
        paragraph(canvas, LAW, 72, HEIGHT - 260, 36)

    assert outline(read("a.pdf", pdf(draw))) == [
        ("员工手册",),
        ("员工手册", "第一章 总则"),
        ("员工手册", "第一章 总则", "1.2 适用范围"),
    ]


def test_headings_come_from_the_outline_where_type_and_number_say_nothing():
    def draw(canvas):
        for level, (title, y) in enumerate((("缘起", HEIGHT - 80), ("经过", HEIGHT - 260))):
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title, level)
            write(canvas, title, 72, y)
            paragraph(canvas, LAW, 72, y - 20, 36)

    assert outline(read("a.pdf", pdf(draw))) == [("缘起",), ("缘起", "经过")]


def test_list_items_keep_their_lines():
    def draw(canvas):
        for number in range(3):
            write(canvas, f"{number + 1}. 第{number}项要求的内容。", 72, HEIGHT - 100 - 18 * number)

    assert read("a.pdf", pdf(draw)).text.split("\n") == [
        f"{n + 1}. 第{n}项要求的内容。" for n in range(3)
    ]


def test_a_hyphen_at_the_end_of_a_line_goes():
    def draw(canvas):
        canvas.setFont("Helvetica", 12)
        words = "The quick brown fox jumps over the lazy dog and runs through the docu-"
        canvas.drawString(72, 700, words)
        canvas.drawString(
            72, 686, "mentation of the whole project until it finds what it had been looking"
        )
        canvas.drawString(72, 672, "for.")

    text = read("a.pdf", pdf(draw)).text
    assert "\ufffe" not in text
    assert "the documentation of" in text.replace("docu-mentation", "documentation")


def test_tables_can_be_read_with_the_second_extractor():
    cells = [["名称", "说明"], ["甲", "第一行\n分两行"], ["乙", ""]]

    def draw(canvas):
        write(canvas, "下表列出全部项目。", 72, HEIGHT - 100)
        for row, texts_ in enumerate(cells):
            for column, text in enumerate(texts_):
                x, y = 72 + 150 * column, HEIGHT - 200 - 40 * row
                canvas.rect(x, y, 150, 40)
                for line, words in enumerate(text.split("\n")):
                    write(canvas, words, x + 5, y + 25 - 14 * line)
        write(canvas, "表后还有一句话。", 72, HEIGHT - 340)

    extract = read("a.pdf", pdf(draw), tables=True)
    assert texts(extract) == [
        "下表列出全部项目。",
        "名称 | 说明\n甲 | 第一行 分两行\n乙",
        "表后还有一句话。",
    ]


def test_a_blank_page_is_no_fault():
    def draw(canvas):
        canvas.showPage()
        write(canvas, "正文在第二页。", 72, 700)

    extract = read("a.pdf", pdf(draw))
    assert extract.unreadable_pages == ()
    assert [page.characters for page in extract.pages] == [0, 7]


def test_a_scanned_page_without_ocr_is_unreadable_beside_pages_that_read():
    def draw(canvas):
        write(canvas, "有文字的一页。" + LAW[:20], 72, 700)
        canvas.showPage()
        canvas.drawImage(ImageReader(picture(["扫描的一页"])), 0, 300, 500, 300)

    extract = read("a.pdf", pdf(draw), ocr=False)
    assert extract.unreadable_pages == (2,)
    assert extract.notes == ("needs_ocr",)


def test_a_scanned_page_is_read_by_ocr_with_its_confidence():
    lines = ["第一章 总则", LAW[:21], LAW[21:42], LAW[42:52]]

    def draw(canvas):
        write(canvas, "有文字的一页。" + LAW[:20], 72, 700)
        canvas.showPage()
        canvas.drawImage(ImageReader(picture(lines)), 0, 300, WIDTH, WIDTH * 0.4)

    extract = read("a.pdf", pdf(draw))
    assert LAW[:40] in extract.text
    scan = extract.pages[1]
    assert (scan.method, scan.readable) == (PageMethod.OCR, True)
    assert scan.confidence is not None and scan.confidence > 0.9
    assert extract.pages[0].method is PageMethod.TEXT


def test_an_encrypted_file_says_so():
    data = pdf(lambda canvas: write(canvas, "机密。", 72, 700), encrypt="passwort")
    with pytest.raises(FileUnreadable, match="encrypted"):
        read("a.pdf", data)


@pytest.mark.parametrize("kept", [20, 200])
def test_a_truncated_file_is_damaged(kept):
    data = pdf(lambda canvas: write(canvas, "正文。", 72, 700))
    with pytest.raises(FileUnreadable, match=r"damaged|no_text"):
        read("a.pdf", data[:kept])


def test_a_file_without_any_text_is_an_error():
    with pytest.raises(FileUnreadable, match="no_text"):
        read("a.pdf", pdf(lambda canvas: canvas.line(0, 0, 100, 100)))


def test_letter_spaced_headings_lose_their_spaces_but_names_keep_theirs():
    def draw(canvas):
        write(canvas, "会 议 纪 要", 200, HEIGHT - 80, 20)
        write(canvas, "出席：张三 李四 王五六", 72, HEIGHT - 120)

    assert texts(read("a.pdf", pdf(draw))) == ["会议纪要", "出席：张三 李四 王五六"]


def test_the_title_is_the_documents_own():
    def draw(canvas):
        canvas.setTitle("差旅制度")
        canvas.setFont(FONT, 12)
        canvas.drawString(72, 700, "正文一句。")

    assert read("a.pdf", pdf(draw)).title == "差旅制度"


def test_a_title_that_the_program_set_is_none():
    def draw(canvas):
        canvas.setTitle("(anonymous)")
        write(canvas, "正文一句。", 72, 700)

    assert read("a.pdf", pdf(draw)).title != "(anonymous)"


def test_a_picture_file_is_bytes_of_its_own():
    file = io.BytesIO()
    picture(["图片里的文字内容", "共有两行可供识别"]).save(file, "PNG")
    extract = read("a.pdf", file.getvalue())
    assert "图片里的文字内容" in extract.text
    assert extract.notes == ("wrong_suffix",)


def test_a_number_at_the_head_of_a_line_is_no_numbering():
    text = (
        "本程序支持多种版本，推荐在安装之前先核对系统自带的解释器是否不低于版本号"
        " 3.11 编写者另行说明的除外。"
    )

    def draw(canvas):
        at = text.index("3.11")
        write(canvas, text[:at].rstrip(), 72, 700, 11)
        write(canvas, text[at:] + "后面还有一些文字用来把这一行填到行末为止。", 72, 682, 11)

    assert len(texts(read("a.pdf", pdf(draw)))) == 1


def test_lists_and_articles_begin_anew():
    def draw(canvas):
        for number, name in enumerate("一二三"):
            write(canvas, f"第{name}条 员工应当遵守本制度的各项规定。", 72, 700 - 18 * number)

    assert [t[:3] for t in texts(read("a.pdf", pdf(draw)))] == ["第一条", "第二条", "第三条"]


def test_pages_are_labelled_by_the_numbers_printed_on_them():
    def draw(canvas):
        for number in range(4):
            paragraph(canvas, LAW, 72, 700, 36)
            write(canvas, f"- {number + 108} -", 280, 30)
            canvas.showPage()

    extract = read("a.pdf", pdf(draw))
    assert [(page.label, page.printed) for page in extract.pages] == [
        (str(number), True) for number in range(108, 112)
    ]
    assert "108" not in extract.text
