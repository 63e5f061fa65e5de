import io
import zipfile

import docx
import pytest

from ingest.errors import FileUnreadable
from tests.support.documents import zipped
from tests.support.reading import outline, read, texts

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def package(**parts: str) -> bytes:
    """The least that is a Word file: a body, and other parts by their kind."""

    def relations(targets: dict[str, str]) -> str:
        items = "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(targets.items())
        )
        return f'<Relationships xmlns="{_PACKAGE}">{items}</Relationships>'

    others = {kind: f"../extra/{kind}.xml" for kind in parts if kind != "document"}
    entries = {
        "_rels/.rels": relations({"officeDocument": "/word/document.xml"}),
        "word/document.xml": parts["document"],
        "word/_rels/document.xml.rels": relations(others),
        **{f"extra/{kind}.xml": parts[kind] for kind in others},
    }
    return zipped({name: content.encode() for name, content in entries.items()})


def body(*paragraphs: str) -> str:
    return f'<w:document xmlns:w="{_WORD}"><w:body>{"".join(paragraphs)}</w:body></w:document>'


def paragraph(text: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def styles(identity: str) -> str:
    return (
        f'<w:styles xmlns:w="{_WORD}"><w:style w:styleId="{identity}">'
        '<w:name w:val="heading 1"/></w:style></w:styles>'
    )


def test_parts_lie_wherever_the_relations_say():
    note = f"<w:footnote>{paragraph('注一。')}</w:footnote>"
    notes = f'<w:footnotes xmlns:w="{_WORD}">{note}</w:footnotes>'
    assert texts(read("a.docx", package(document=body(paragraph("正文。")), footnotes=notes))) == [
        "正文。",
        "注一。",
    ]


def test_each_document_is_read_by_its_own_styles():
    document = body(paragraph("甲篇", "a"), paragraph("乙篇", "b"), paragraph("正文。"))
    for identity, heading in (("a", "甲篇"), ("b", "乙篇"), ("a", "甲篇")):
        extract = read("a.docx", package(document=document, styles=styles(identity)))
        assert outline(extract)[0][-1] == heading


def test_a_document_without_styles_or_properties_is_read():
    extract = read("a.docx", package(document=body(paragraph("正文。"))))
    assert (extract.text, extract.title) == ("正文。", None)


def test_comments_do_not_part_words():
    document = body(paragraph("合<!-- 注 -->同"))
    assert read("a.docx", package(document=document)).text == "合同"


def test_a_document_with_macros_is_read_and_they_are_not():
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("含宏的正文。")
    document.save(file)
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    kind = b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with_macros = b"vnd.ms-word.document.macroEnabled.main+xml"
    assert kind in entries["[Content_Types].xml"]
    entries["[Content_Types].xml"] = entries["[Content_Types].xml"].replace(kind, with_macros)
    assert read("a.docm", zipped(entries)).text == "含宏的正文。"


@pytest.mark.parametrize(
    "document",
    ["<w:document", f'<w:document xmlns:w="{_WORD}"/>', "<other/>", ""],
    ids=["cut off", "no body", "foreign", "empty"],
)
def test_what_is_no_document_is_damaged(document):
    with pytest.raises(FileUnreadable, match="damaged"):
        read("a.docx", package(document=document))
