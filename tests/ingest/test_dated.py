"""When a document was written, as its own metadata says."""

import datetime
import io

import docx
import pptx
import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.dated import date_of_mail, date_of_pdf
from ingest.read import read_file
from ingest.types import ReadOptions

DAY = datetime.datetime(2025, 6, 4)


def word():
    document = docx.Document()
    document.add_paragraph("本制度适用于全体员工。")
    document.core_properties.created = datetime.datetime(2013, 12, 23)
    document.core_properties.modified = DAY
    document.save(kept := io.BytesIO())
    return kept.getvalue()


def slides():
    talk = pptx.Presentation()
    talk.slides.add_slide(talk.slide_layouts[5]).shapes.title.text = "产品路线图"
    talk.core_properties.modified = DAY
    talk.save(kept := io.BytesIO())
    return kept.getvalue()


def mail():
    return "Subject: 延期\nDate: Wed, 4 Jun 2025 09:12:00 +0800\n\n请批准延期。\n".encode()


@pytest.mark.parametrize(
    ("name", "make"), [("制度.docx", word), ("路线.pptx", slides), ("延期.eml", mail)]
)
def test_a_file_says_when_it_was_written(tmp_path, name, make):
    file = tmp_path / name
    file.write_bytes(make())
    assert read_file(file, ReadOptions()).dated == "2025-06-04"


@pytest.mark.parametrize("make", [docx.Document, pptx.Presentation])
def test_the_date_of_a_template_dates_no_document(tmp_path, make):
    document = make()
    if make is docx.Document:
        document.add_paragraph("本制度适用于全体员工。")
    else:
        document.slides.add_slide(document.slide_layouts[5]).shapes.title.text = "产品路线图"
    file = tmp_path / ("制度.docx" if make is docx.Document else "路线.pptx")
    document.save(file)
    assert read_file(file, ReadOptions()).dated is None


def test_a_pdf_says_when_it_was_made(tmp_path):
    page = Canvas(str(tmp_path / "a.pdf"))
    page.drawString(72, 700, "A contract of some words.")
    page.save()
    year = str(datetime.datetime.now().year)
    assert (read_file(tmp_path / "a.pdf", ReadOptions()).dated or "").startswith(year)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("D:20250304101500+08'00'", "2025-03-04"),
        ("D:2025", "2025"),
        ("gestern", None),
        (None, None),
    ],
)
def test_dates_of_pdf(written, read):
    assert date_of_pdf(written) == read


@pytest.mark.parametrize("written", ["", "someday", "Mon, 99 Sep 2026 09:12:00 +0800"])
def test_a_date_that_is_none_dates_no_mail(written):
    assert date_of_mail(written) is None
