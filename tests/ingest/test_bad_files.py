"""Broken at random, a document of any kind is read in part or refused with a code."""

import io
import random
import zipfile

import docx
import pytest
import xlsxwriter
from pptx import Presentation

from ingest.errors import IngestError
from tests.support.documents import LAW, epub, paragraph, pdf, zipped
from tests.support.reading import read


def word() -> bytes:
    document = docx.Document()
    document.add_heading("第一章 总则", 1)
    document.add_paragraph(LAW, style="List Number")
    document.add_table(rows=2, cols=2).cell(0, 0).text = "甲"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def slides() -> bytes:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "进展"
    slide.notes_slide.notes_text_frame.text = "备注"
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


def sheets() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("表").write_row(0, 0, ["名称", 3])
    return file.getvalue()


DOCUMENTS = {
    "a.pdf": lambda: pdf(lambda canvas: paragraph(canvas, LAW, 72, 700, 36)),
    "a.docx": word,
    "a.pptx": slides,
    "a.xlsx": sheets,
    "a.epub": lambda: epub([f"<h1>章</h1><p>{LAW}</p>"]),
    "a.html": lambda: f"<h1>题</h1><p>{LAW}<table><tr><td>甲<td>乙</table>".encode("gbk"),
    "a.eml": lambda: f"Subject: 题\nContent-Type: text/html\n\n<p>{LAW}".encode(),
    "a.json": lambda: '{"甲": [{"乙": 1}, null]}'.encode(),
    "a.rtf": lambda: (
        rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 X;}}\intbl \'d6\'d0\cell\row\u20013?\par}"
    ),
    "a.srt": lambda: "1\n00:00:01,000 --> 00:00:02,000\n大家好。\n".encode(),
    "a.txt": lambda: LAW.encode("big5", "ignore"),
}


def broken(data: bytes, chance: random.Random) -> bytes:
    """The data cut short, or with some bytes replaced."""
    if chance.random() < 0.4:
        return data[: chance.randrange(1, len(data))]
    changed = bytearray(data)
    for _ in range(chance.choice((1, 8, 60))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """The container with one part missing or broken, its checksums right."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name in parts if parts[name]])
    part = parts.pop(name)
    return zipped({**parts, name: broken(part, chance)} if chance.random() < 0.7 else parts)


def is_read_or_refused(name: str, data: bytes) -> bool:
    try:
        return bool(read(name, data, ocr=False).text)
    except IngestError as error:
        return bool(error.code)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_broken_bytes_are_read_in_part_or_refused(name):
    chance = random.Random(name)
    whole = DOCUMENTS[name]()
    assert all(is_read_or_refused(name, broken(whole, chance)) for _ in range(40))


@pytest.mark.parametrize("name", ["a.docx", "a.pptx", "a.xlsx", "a.epub"])
def test_containers_with_broken_parts_are_read_in_part_or_refused(name):
    chance = random.Random(name)
    whole = DOCUMENTS[name]()
    assert all(is_read_or_refused(name, repacked(whole, chance)) for _ in range(40))
