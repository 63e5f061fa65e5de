"""Markdown of answers: citations, marks, foreign markup."""

from docqa.tui.chat import markup
from docqa.types import Sentence


def inline(text):
    tokens = markup.parser().parse(text)
    return [child for token in tokens if token.type == "inline" for child in token.children]


def links(text):
    return [child.attrs["href"] for child in inline(text) if child.type == "link_open"]


def words(text):
    return "".join(child.content for child in inline(text))


def test_a_citation_becomes_a_link():
    assert links("年假十五天[1]，病假另计[12]。") == ["cite:1", "cite:12"]


def test_a_number_in_code_stays_as_it_is():
    assert links("`a[1]`\n\n```\nb[2]\n```") == []


def test_a_reference_of_the_answer_cannot_redirect_a_citation():
    assert links("见 [1]。\n\n[1]: http://example.org") == ["cite:1", "cite:1"]


def test_html_is_shown_as_it_is_written():
    assert words("<b>粗</b> & <script>") == "<b>粗</b> & <script>"


def test_line_breaks_of_the_answer_are_kept():
    assert [child.type for child in inline("一、甲\n二、乙")].count("hardbreak") == 1


def test_an_unsupported_sentence_is_marked_at_its_end():
    text = "年假十五天[1]。另有生日假。"
    marked = markup.mark(text, [Sentence(0, 10, (1,), True), Sentence(10, 16, (), False)])
    kinds = [child.type for child in inline(marked)]
    assert kinds.index("s_open") < kinds.index("s_close")
    assert links(marked) == ["cite:1", "unsupported:"]
    assert words(marked) == "年假十五天[1]。另有生日假。[?]"


def test_a_mark_does_not_break_a_list_or_a_heading():
    text = "# 标题句。\n\n- 第一项。"
    sentences = [Sentence(0, 6, (), False), Sentence(8, 14, (), False)]
    kinds = [token.type for token in markup.parser().parse(markup.mark(text, sentences))]
    assert "heading_open" in kinds
    assert "list_item_open" in kinds


def test_a_sentence_over_two_blocks_leaves_no_style_open():
    marked = markup.mark("甲。\n\n乙。", [Sentence(0, 6, (), False)])
    for token in markup.parser().parse(marked):
        kinds = [child.type for child in token.children or []]
        assert kinds.count("s_open") == kinds.count("s_close")


def test_marks_in_foreign_text_are_dropped():
    assert markup.strip_marks("甲\ue000乙\ue001") == "甲乙"


def test_code_blocks_are_found():
    assert markup.code_blocks("```python\nprint('你好')\n```") == ["print('你好')\n"]
