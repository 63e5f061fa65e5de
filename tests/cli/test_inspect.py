"""`docqa inspect`: what a reader sees of how a file was read."""

import json

import pytest
from reportlab.lib.utils import ImageReader

from docqa import paths
from docqa.cli import run
from tests.support.documents import pdf, picture


@pytest.fixture
def said(capsys):
    """Runs `docqa inspect …`: its exit code and output."""

    def call(*arguments):
        capsys.readouterr()
        code = run(["inspect", *map(str, arguments)])
        return code, capsys.readouterr().out

    return call


def test_an_encoding_is_named_with_how_sure_it_is_and_can_be_given(tmp_path, said):
    file = tmp_path / "旧稿.txt"
    text = "年假须提前三天申请，并经主管批准方可休假。" * 8
    file.write_bytes(text.encode("gb18030"))
    code, out = said(file)
    assert code == 0 and "Encoding: gb" in out and f"Characters: {len(text)}" in out
    file.write_bytes(text.encode("utf-16-le"))
    whole = json.loads(said(file, "--encoding", "utf-16-le", "--json")[1])
    assert whole["encoding"] == "utf-16-le" and whole["characters"] == len(text)


def test_the_text_alone_is_printed_as_it_was_read(tmp_path, said):
    file = tmp_path / "a.md"
    file.write_text("# 请假\n\n年假须提前三天申请。\x1b[31m\n", encoding="utf-8")
    code, out = said(file, "--text")
    assert code == 0 and "年假须提前三天申请" in out and "\x1b" not in out


def test_headings_stand_below_each_other_by_depth(tmp_path, said):
    file = tmp_path / "a.md"
    file.write_text("# 手册\n\n## 休假\n\n十五天。\n\n## 差旅\n\n四百元。\n", encoding="utf-8")
    lines = said(file)[1].splitlines()
    at = lines.index("Headings: 3")
    assert lines[at + 1 : at + 4] == ["  手册", "    休假", "    差旅"]


def test_each_page_says_how_it_was_read(said):
    file = paths.find_shipped("configs", "samples") / "差旅管理制度.pdf"
    code, out = said(file)
    whole = json.loads(said(file, "--json")[1])
    assert code == 0 and f"Pages: {len(whole['pages'])}" in out
    for page in whole["pages"]:
        assert page["readable"] and f"{page['characters']}" in out


def test_a_page_without_text_is_named_and_the_exit_code_says_so(tmp_path, said, monkeypatch):
    monkeypatch.setenv("DOCQA_INGEST_OCR", "false")

    def draw(canvas):
        canvas.drawString(72, 700, "The first page is text and can be read.")
        canvas.showPage()
        canvas.drawImage(ImageReader(picture(["扫描的一页"])), 0, 300, 500, 300)

    file = tmp_path / "扫描.pdf"
    file.write_bytes(pdf(draw))
    code, out = said(file, "--json")
    assert (code, json.loads(out)["unreadable_pages"]) == (4, [2])
    code, out = said(file)
    assert code == 4 and "Unreadable: 2" in out and "The first page is text" in out


def test_a_mail_has_no_pages(tmp_path, said):
    mail = tmp_path / "信.eml"
    mail.write_text("Subject: note\n\nThe key is at the desk.\n", encoding="utf-8")
    code, out = said(mail)
    assert code == 0
    assert (
        "Mails: 1" in out and "mail 1 note" in out and "page 1" not in out and "Pages:" not in out
    )
