"""Locked files are read with their password, and say so when it is missing or wrong."""

import io
from pathlib import Path

import pytest

from ingest.errors import FileUnreadable
from tests.support.documents import LAW, pdf, write
from tests.support.reading import read

PASSWORD = "茶壶2026"


def locked_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption

    return pdf(
        lambda canvas: write(canvas, LAW[:20], 72, 700), encrypt=StandardEncryption("secret")
    )


def locked_office(path: Path) -> bytes:
    pytest.importorskip("msoffcrypto", reason="needs the extra passwords")
    from msoffcrypto.format.ooxml import OOXMLFile

    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(path.read_bytes())).encrypt(PASSWORD, locked)
    return locked.getvalue()


@pytest.fixture
def workbook(tmp_path) -> bytes:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("价目").write_row(0, 0, ["茶壶", "72.00"])
    return locked_office(tmp_path / "a.xlsx")


@pytest.fixture
def letter(tmp_path) -> bytes:
    import docx

    document = docx.Document()
    document.add_paragraph(LAW)
    document.save(tmp_path / "a.docx")
    return locked_office(tmp_path / "a.docx")


def code(name: str, data: bytes, **options) -> str:
    with pytest.raises(FileUnreadable) as refused:
        read(name, data, **options)
    return refused.value.code


def test_a_locked_pdf():
    data = locked_pdf()
    assert read("a.pdf", data, password="secret").text == LAW[:20]
    assert code("a.pdf", data) == "encrypted"
    assert code("a.pdf", data, password="wrong") == "wrong_password"


def test_a_locked_workbook(workbook):
    assert "茶壶 | 72.00" in read("a.xlsx", workbook, password=PASSWORD).text
    assert code("a.xlsx", workbook) == "encrypted"
    assert code("a.xlsx", workbook, password="wrong") == "wrong_password"


def test_a_locked_letter(letter):
    assert read("a.docx", letter, password=PASSWORD).text == LAW


def test_a_password_does_no_harm_to_open_files():
    assert read("a.txt", LAW, password="secret").text == LAW
    assert read("a.pdf", pdf(lambda c: write(c, LAW[:20], 72, 700)), password="x").text == LAW[:20]
