import io
import shutil
import subprocess

import docx
import pytest
from pptx import Presentation

from ingest.errors import FileUnreadable
from tests.support.reading import outline, read, texts

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NEEDS_OFFICE = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not installed"
)


def stream(name: str, content: bytes = b"") -> bytes:
    """As much of an OLE container as tells what it is."""
    return (OLE + name.encode("utf-16-le")).ljust(512, b"\0") + content


def saved_as(kind: str, document, folder) -> bytes:
    """An old Office file, made by LibreOffice from a new one."""
    file = io.BytesIO()
    document.save(file)
    (folder / f"a.{kind}x").write_bytes(file.getvalue())
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", kind, "--outdir", folder, folder / f"a.{kind}x"],
        check=True, capture_output=True,
    )  # fmt: skip
    return (folder / f"a.{kind}").read_bytes()


@pytest.mark.parametrize(
    ("name", "stream_name", "newer"),
    [("a.doc", "WordDocument", ".docx"), ("b.ppt", "PowerPoint Document", ".pptx")],
)
def test_a_missing_converter_is_named_and_what_else_would_do(monkeypatch, name, stream_name, newer):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileUnreadable) as refused:
        read(name, stream(stream_name))
    assert refused.value.code == "needs_program"
    assert refused.value.facts == {"program": "soffice", "suffix": name[1:], "newer": newer}


@NEEDS_OFFICE
@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.doc", "a.docx"])
def test_an_old_word_file_is_read_by_its_content_whatever_its_name_says(tmp_path, name):
    document = docx.Document()
    document.add_heading("第一章 总则", 1)
    document.add_paragraph("草坪每三日浇灌一次。")
    table = document.add_table(rows=2, cols=2, style="Table Grid")
    for place, text in enumerate("甲乙丙丁"):
        table.cell(place // 2, place % 2).text = text
    document.add_paragraph("完。")
    extract = read(name, saved_as("doc", document, tmp_path))
    assert outline(extract) == [("第一章 总则",)]
    assert texts(extract) == ["第一章 总则", "草坪每三日浇灌一次。", "甲 | 乙\n丙 | 丁", "完。"]


@NEEDS_OFFICE
@pytest.mark.slow
def test_an_old_presentation_keeps_its_slides(tmp_path):
    presentation = Presentation()
    for title in ("进展", "预算"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = title
    extract = read("a.ppt", saved_as("ppt", presentation, tmp_path))
    assert [(s.page, s.heading) for s in extract.sections] == [(1, ("进展",)), (2, ("预算",))]


@NEEDS_OFFICE
@pytest.mark.slow
def test_what_only_begins_as_an_old_word_file_is_damaged():
    with pytest.raises(FileUnreadable, match="damaged"):
        read("a.doc", stream("WordDocument", bytes(range(256)) * 40))


@NEEDS_OFFICE
def test_a_locked_word_file_is_told_from_a_damaged_one():
    header = b"\xec\xa5\xc1\0" + b"\0" * 6 + (0x0100).to_bytes(2, "little")
    with pytest.raises(FileUnreadable, match="encrypted"):
        read("a.doc", stream("WordDocument", header))
