import pytest

from ingest.pages.numbering import heading_level
from ingest.splitting.line_joining import HYPHEN, join_lines, without_spread


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["为了保护劳动者", "的合法权益，", "制定本法。"], "为了保护劳动者的合法权益，制定本法。"),
        (["using a docu" + HYPHEN, "mentation tool"], "using a documentation tool"),
        (["state-of-the-", "art"], "state-of-the-art"),
        (["one", "two"], "one two"),
        (["使用 Python", "编写的程序"], "使用 Python编写的程序"),
        (["他说：“好", "。”"], "他说：“好。”"),
        (["he said", "“yes”"], "he said “yes”"),
        (["ＡＢＣ", "全角"], "ＡＢＣ全角"),
        (["한국어", "문장"], "한국어 문장"),
        (["", "  甲  ", ""], "甲"),
    ],
)
def test_lines_join_as_their_script_is_set(lines, joined):
    assert join_lines(lines) == joined


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("目 录", "目录"),
        ("会 议 纪 要", "会议纪要"),
        ("张三 李四", "张三 李四"),
        ("第一章 总则", "第一章 总则"),
        ("第一章 总 则", "第一章 总则"),
        ("第四章 法 律 责 任", "第四章 法律责任"),
    ],
)
def test_only_letter_spacing_is_undone(text, joined):
    assert without_spread(text) == joined


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("第一编 总纲", 1), ("第一章 总则", 2), ("第12章 结论", 2), ("第二节　适用范围", 3),
        ("1.2 范围", 3), ("1.2.3 细则", 4), ("一、目的", 3), ("Chapter 2 Results", 2),
        ("附录A 术语", 2), ("参考文献", 2),
    ],
)  # fmt: skip
def test_numbered_headings_have_a_level(line, level):
    assert heading_level(line) == level


@pytest.mark.parametrize(
    "line",
    [
        "第三条 员工应当遵守制度", "第一章规定了适用范围，下列情形除外：",
        "第二节课我们学习加法。",
        "1.2", "3.5 倍的工资。", "一、提交申请；", "第一章 总则 ........ 3", "2024年的总结报告", "",
    ],
)  # fmt: skip
def test_sentences_articles_and_entries_of_contents_have_none(line):
    assert heading_level(line) is None
