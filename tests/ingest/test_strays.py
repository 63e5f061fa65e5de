"""One stray thing in a file costs that thing alone, and the reason given is the true one."""

import io
import time
import zipfile

import pytest
import xlsxwriter
from pptx import Presentation
from pptx.util import Inches

from ingest import ocr
from ingest.archive import FAULTS
from ingest.errors import FileUnreadable, IngestError
from tests.support.documents import LAW, epub
from tests.support.reading import read

CLAUSE = "合同条款：甲方应于每月五日前支付租金。"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "big5"])
@pytest.mark.parametrize("name", ["a.txt", "a", "a.md"])
def test_old_texts_may_end_with_their_end_mark(name, encoding):
    data = f"{CLAUSE}\r\n\x1a".encode(encoding, "ignore")
    assert read(name, data).text == CLAUSE.encode(encoding, "ignore").decode(encoding)


def test_a_short_text_may_hold_a_stray_control_character():
    assert read("a.txt", f"{CLAUSE}\x01{CLAUSE}".encode("gbk")).text == CLAUSE * 2


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03", b"ab\x00cd\x00ef\x00gh\x00ij\x00", b"\x01\x02abc"]
)
def test_a_few_bytes_of_no_text_stay_refused(data):
    with pytest.raises(IngestError):
        read("a.txt", data)


def workbook(*far: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("价目")
        share = book.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, ["品名", "折扣"])
        for row in range(1, 20):
            sheet.write_string(row, 0, f"茶壶{row}")
            sheet.write_number(row, 1, row / 100, share)
        for row, column in far:
            sheet.write_string(row, column, "远")
        book.add_worksheet("备注").write(0, 0, "另见合同")
    return file.getvalue()


@pytest.mark.parametrize(
    "far", [(1_000_000, 16_383), (24, 16_383), (1_048_575, 0), (99_999, 60)], ids=str
)
def test_a_stray_far_cell_does_not_cost_a_workbook(far):
    text = read("a.xlsx", workbook(far)).text
    plain = read("a.xlsx", workbook()).text
    assert plain.splitlines()[5] in text.splitlines()
    assert "茶壶19 | 19.0%" in text
    assert text.count("远") == 1
    assert "另见合同" in text
    assert len(text) < len(plain) + 50


def test_merged_cells_of_a_sheet_with_a_far_cell_speak_for_their_rows():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 3, ["地区", "城市"])
        sheet.merge_range(1, 3, 2, 3, "华东")
        sheet.write(1, 4, "上海")
        sheet.write(2, 4, "南京")
        sheet.write(900_000, 9000, "远")
    assert "华东 | 南京" in read("a.xlsx", file.getvalue()).text


def damage(data: bytes, part: str) -> bytes:
    """The container with one bit of a part flipped in the middle of its packed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(part)
    start = info.header_offset + 30 + len(info.filename)
    changed = bytearray(data)
    changed[start + info.compress_size // 2] ^= 0x10
    with zipfile.ZipFile(io.BytesIO(bytes(changed))) as archive, pytest.raises(FAULTS):
        archive.read(part)
    return bytes(changed)


def test_one_damaged_chapter_does_not_cost_a_book():
    book = epub([f"<h1>第{n}章</h1><p>{LAW}{n}</p>" for n in range(3)])
    extract = read("a.epub", damage(book, "OEBPS/c 1.xhtml"))
    assert LAW + "0" in extract.text
    assert LAW + "2" in extract.text
    assert extract.unreadable_pages == (2,)


def talk() -> bytes:
    presentation = Presentation()
    for number in range(3):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"议题{number}"
        box = slide.shapes.add_textbox(Inches(1), Inches(2), Inches(6), Inches(3))
        box.text_frame.text = LAW
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "part", ["docProps/thumbnail.jpeg", "ppt/theme/theme1.xml", "docProps/app.xml"]
)
def test_a_damaged_part_that_is_not_read_does_not_cost_a_talk(part):
    assert read("a.pptx", damage(talk(), part)).text == read("a.pptx", talk()).text


def test_one_damaged_slide_does_not_cost_a_talk():
    extract = read("a.pptx", damage(talk(), "ppt/slides/slide2.xml"))
    assert extract.unreadable_pages == (2,)
    assert [page.number for page in extract.pages] == [1, 2, 3]
    assert "议题0" in extract.text
    assert "议题2" in extract.text


def test_pages_that_a_file_only_claims_are_not_looked_for():
    claims = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
        b"2 0 obj<</Type/Pages/Kids[]/Count 1000000>>endobj trailer<</Root 1 0 R>>"
    )
    started = time.monotonic()
    with pytest.raises(FileUnreadable) as refused:
        read("a.pdf", claims)
    assert refused.value.code == "damaged"
    assert time.monotonic() - started < 5


def test_mail_of_many_parts_is_read_in_time():
    part = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n第{}项\r\n"
    mail = (
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"{''.join(map(part.format, range(5000)))}--b--\r\n"
    )
    started = time.monotonic()
    assert "第4999项" in read("a.eml", mail).text
    assert time.monotonic() - started < 10  # 16 s where each part's headers are parsed anew


def test_text_nested_deeper_than_the_parser_goes_is_read():
    page = f"<style>p {{}}</style>{'<div>' * 20_000}<p>{LAW}</p>{'</div>' * 20_000}"
    assert read("a.html", page).text == LAW


def test_control_words_with_capitals_are_no_text():
    rtf = rb"{\rtf1\ansi{\*\mmathPr\mbrkBin0}\mmathPr\mbrkBinSub0\mdefJc1 Hola\par}"
    assert read("a.rtf", rtf).text == "Hola"


@pytest.mark.skipif(ocr.engine() is None, reason="needs an engine that reads pictures")
def test_an_uncompressed_white_picture_is_no_text():
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (900, 400), "white")
    ImageDraw.Draw(picture).text((60, 120), "HELLO 2026", fill="black", font_size=120)
    file = io.BytesIO()
    picture.save(file, "TIFF")
    assert "2026" in read("a.tiff", file.getvalue()).text
