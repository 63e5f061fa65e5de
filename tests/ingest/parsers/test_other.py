import email.message
import json

import pytest

from ingest.errors import FileUnreadable
from ingest.types import BlockKind
from tests.support.documents import epub, zipped
from tests.support.reading import outline, read, texts


def test_books_are_read_in_the_order_of_their_spine():
    extract = read("a.epub", epub(["<h1>第一章</h1><p>甲。</p>", "<h1>第二章</h1><p>乙。</p>"]))
    assert extract.title == "茶壶史"
    assert texts(extract) == ["第一章", "甲。", "第二章", "乙。"]
    assert [(s.page, s.heading) for s in extract.sections[2:]] == [(2, ("第二章",))] * 2
    assert [page.label for page in extract.pages] == ["第一章", "第二章"]


def test_a_book_with_a_lock_says_so():
    locked = zipped(
        {"mimetype": "application/epub+zip", "META-INF/encryption.xml": "<encryption/>"}
    )
    with pytest.raises(FileUnreadable, match="encrypted"):
        read("a.epub", locked)


def test_a_book_without_its_container_is_damaged():
    with pytest.raises(FileUnreadable, match="damaged"):
        read("a.epub", zipped({"mimetype": "application/epub+zip", "a.xhtml": "<p>甲</p>"}))


def message(
    body: str, charset: str = "utf-8", subtype: str = "plain"
) -> email.message.EmailMessage:
    mail = email.message.EmailMessage()
    mail["From"] = "行政部 <office@example.org>"
    mail["To"] = "all@example.org"
    mail["Subject"] = "关于例会改期的通知"
    mail.set_content(body, charset=charset, subtype=subtype)
    return mail


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gb18030"])
def test_mail_in_the_charset_it_declares(charset):
    extract = read("a.eml", bytes(message("例会改到周五下午三点。\n", charset)))
    assert extract.title == "关于例会改期的通知"
    assert outline(extract) == [("关于例会改期的通知",)]
    assert "From: 行政部 <office@example.org>" in extract.text
    assert extract.text.endswith("例会改到周五下午三点。")


def test_mail_in_another_charset_than_it_declares():
    head = "Subject: test\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
    extract = read("a.eml", head.encode() + "例会改到周五下午三点，请知悉。".encode("gbk"))
    assert extract.text.endswith("例会改到周五下午三点，请知悉。")


@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_headers_of_eight_bits_without_a_declared_charset(charset):
    mail = "From: 行政部 <a@x.cn>\nSubject: 关于例会改期的通知\n\n改到周五下午三点。"
    extract = read("a.eml", mail.encode(charset))
    assert extract.title == "关于例会改期的通知"
    assert "From: 行政部 <a@x.cn>" in extract.text


def test_the_plain_part_wins_and_attachments_are_named():
    mail = message("纯文本正文。")
    mail.add_alternative("<p>网页正文。</p>", subtype="html")
    mail.add_attachment(b"\0", maintype="application", subtype="pdf", filename="附件.pdf")
    text = read("a.eml", bytes(mail)).text
    assert "纯文本正文。" in text
    assert "网页正文" not in text
    assert "附件.pdf" in text


def test_attached_documents_are_read_under_their_names():
    mail = message("见附件。")
    attached = {
        "合同.md": "# 第一章 总则\n\n合同编号 HT-2024-088。".encode(),
        "旧档.txt": "甲方应当在十五日内付款，逾期每日加收千分之三。".encode("gbk"),
        "标志.png": b"\x89PNG\r\n\x1a\n",
        "坏.docx": b"PK\3\4",
    }
    for name, data in attached.items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    extract = read("a.eml", bytes(mail))
    assert [heading[1:] for heading in outline(extract)] == [
        (), ("合同.md",), ("合同.md", "第一章 总则"), ("旧档.txt",),
    ]  # fmt: skip
    assert texts(extract)[-1] == "甲方应当在十五日内付款，逾期每日加收千分之三。"
    assert {section.page for section in extract.sections} == {1}


def test_mail_of_html_alone_is_read():
    assert read("a.eml", bytes(message("<p>网页<b>正文</b>。</p>", subtype="html"))).text.endswith(
        "网页正文。"
    )


def test_a_header_without_end_is_cut_and_nesting_without_end_is_named():
    words = "=?utf-8?B?5Lit?= " * 20_000
    assert read("a.eml", f"Subject: {words}\n\n正文。").text.endswith("正文。")
    with pytest.raises(FileUnreadable, match="nested_too_deep"):
        read("a.eml", "Content-Type: message/rfc822\n\n" * 5_000)


def test_mail_without_words_is_an_error():
    with pytest.raises(FileUnreadable, match="no_text"):
        read("a.eml", b"Subject: x\r\n\r\n")


def test_a_mailbox_has_a_page_per_message():
    box = b"".join(
        b"From someone Mon Jan  1 10:00:00 2024\n" + bytes(message(f"第{n}封。")) + b"\n"
        for n in (1, 2)
    )
    extract = read("a.mbox", box)
    assert [page.number for page in extract.pages] == [1, 2]
    assert [t for t in texts(extract) if t.startswith("第")] == ["第1封。", "第2封。"]
    assert read("a.mbox", box + b"\n>From here on.\n").text.endswith("\nFrom here on.")


def test_json_values_stand_under_their_keys():
    source = {"名称": "茶壶", "规格": {"容量": 300, "空": None}, "颜色": ["红", "蓝"], "有货": True}
    assert read("a.json", json.dumps(source)).text.split("\n") == [
        "名称: 茶壶", "规格.容量: 300", "颜色: 红, 蓝", "有货: true",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_records_are_blocks_of_their_own(name):
    records = [{"问": "营业时间？", "答": "九点到六点。"}, {"问": "电话？", "答": "见网站。"}]
    lines = "\n".join(map(json.dumps, records)) if name == "a.jsonl" else json.dumps(records)
    assert texts(read(name, lines)) == [
        "问: 营业时间？\n答: 九点到六点。",
        "问: 电话？\n答: 见网站。",
    ]


def test_json_that_is_none_is_read_as_text():
    extract = read("a.json", '{"名称": "茶壶", ')
    assert (extract.text, extract.notes) == ('{"名称": "茶壶",', ("not_json",))


def test_values_nested_without_end_are_refused():
    with pytest.raises(FileUnreadable, match="nested_too_deep"):
        read("a.json", "[" * 200_000)


def test_lone_surrogates_are_left_out():
    assert read("a.json", '{"a": "甲\\ud800乙"}').text == "a: 甲乙"


def test_notebooks_give_cells_and_what_they_printed():
    cells = [
        {"cell_type": "markdown", "source": ["# 分析\n", "说明文字"]},
        {
            "cell_type": "code",
            "source": "print('甲')",
            "outputs": [{"output_type": "stream", "text": ["甲\n"]}],
        },
    ]
    extract = read("a.ipynb", json.dumps({"cells": cells}))
    assert extract.title == "分析"
    assert texts(extract, BlockKind.CODE) == ["print('甲')", "甲"]


@pytest.mark.parametrize("source", ["[]", "{", '{"cells": [1]}'])
def test_broken_notebooks_are_damaged(source):
    with pytest.raises(FileUnreadable, match=r"damaged|no_text"):
        read("a.ipynb", source)


def test_subtitles_are_joined_with_the_time_they_begin():
    source = (
        "1\n00:00:01,000 --> 00:00:02,000\n大家好，\n欢迎。\n\n"
        "2\n00:00:03,000 --> 00:00:04,500\n<i>今天</i>天气不错。\n\n"
        "3\n00:01:03,000 --> 00:01:04,500\n2024年\n"
    )
    assert texts(read("a.srt", source.encode("gbk"))) == [
        "[00:00:01] 大家好，欢迎。 今天天气不错。",
        "[00:01:03] 2024年",
    ]


def test_open_documents_give_headings_lists_and_tables():
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table")
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:text>"
        '<text:h text:outline-level="1">总则</text:h>'
        "<text:p>正文<text:span>在此</text:span>。</text:p>"
        "<text:list><text:list-item><text:p>甲</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>名</text:p></table:table-cell>"
        "<table:table-cell><text:p>值</text:p></table:table-cell></table:table-row></table:table>"
        "</office:text></office:body></office:document-content>"
    )
    extract = read(
        "a.odt",
        zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "META-INF/manifest.xml": "<manifest/>",
                "content.xml": content,
            }
        ),
    )
    assert texts(extract) == ["总则", "正文在此。", "- 甲", "名 | 值"]


def opendocument(kind: str, body: str) -> bytes:
    names = ("office", "text", "table", "presentation")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    spaces += ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    content = f"<office:document-content {spaces}>{body}</office:document-content>"
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": content,
        }
    )


def test_open_documents_leave_out_comments_and_readings_and_know_numbered_headings():
    body = (
        "<text:p>第一章 总则</text:p><text:p>正<office:annotation><text:p>批注</text:p>"
        "</office:annotation><text:ruby><text:ruby-base>文</text:ruby-base>"
        "<text:ruby-text>wén</text:ruby-text></text:ruby>。</text:p>"
        "<text:list><text:list-item><text:p>甲</text:p><text:list><text:list-item>"
        "<text:p>子</text:p></text:list-item></text:list></text:list-item></text:list>"
    )
    extract = read("a.odt", opendocument("text", body))
    assert texts(extract) == ["第一章 总则", "正文。", "- 甲", "- 子"]
    assert outline(extract) == [("第一章 总则",)]


def test_slides_of_open_documents_stand_under_their_own_titles():
    frame = "<draw:frame{}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    title = frame.format(' presentation:class="title"', "预算")
    pages = (title + frame.format("", "正文"), frame.format("", "另一页"))
    body = "".join(f"<draw:page>{page}</draw:page>" for page in pages)
    extract = read("a.odp", opendocument("presentation", body))
    assert [(s.page, s.heading) for s in extract.sections] == [
        (1, ("预算",)), (1, ("预算",)), (2, ()),
    ]  # fmt: skip


def rtf(body: str) -> bytes:
    fonts = r"{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}}"
    return (r"{\rtf1\ansi\ansicpg936\deff0" + fonts + body + "}").encode("ascii")


def hexed(text: str) -> str:
    return "".join(rf"\'{byte:02x}" for byte in text.encode("gb18030"))


def test_rich_text_in_bytes_and_in_unicode():
    body = rf"\pard\f0 {hexed('总则，')}\u20013?\u25991?\par\f1 Second line\tab end\par"
    assert texts(read("a.rtf", rtf(body))) == ["总则，中文", "Second line\tend"]


def test_rich_text_leaves_out_what_is_no_text():
    info = rf"{{\info{{\title {hexed('题')}}}}}{{\*\generator X;}}"
    body = info + rf"{{\header {hexed('页眉')}}}\pard {hexed('正文。')}\par"
    assert read("a.rtf", rtf(body)).text == "正文。"


def test_rich_text_leaves_out_what_was_struck_or_hidden_and_reads_boxes():
    box = rf"{{\shp{{\*\shpinst{{\sp{{\sn x}}}}{{\shptxt {hexed('框中')}\par}}}}{{\shprslt old}}}}"
    body = rf"\pard {hexed('留下')}{{\deleted {hexed('删去')}}}"
    body += rf"\v {hexed('藏起')}\v0 {hexed('又现')}\par"
    assert texts(read("a.rtf", rtf(body + box))) == ["留下又现", "框中"]


def test_rich_text_headings_without_a_level_are_known_by_their_number():
    body = rf"\pard {hexed('第一章')}\tab {hexed('总则')}\par {hexed('正文。')}\par"
    assert outline(read("a.rtf", rtf(body))) == [("第一章 总则",)]


def test_rich_text_headings_and_tables():
    rows = (("名称", "数量"), ("甲", "1"))
    table = "".join(
        r"\trowd\pard\intbl " + "".join(hexed(cell) + r"\cell " for cell in row) + r"\row"
        for row in rows
    )
    heading = rf"\pard\outlinelevel0 {hexed('第一章')}\par\pard {hexed('正文。')}\par"
    extract = read("a.rtf", rtf(heading + table + rf"\pard {hexed('之后。')}\par"))
    assert outline(extract) == [("第一章",)]
    assert texts(extract)[1:] == ["正文。", "名称 | 数量\n甲 | 1", "之后。"]
