"""Foreign text loses what a terminal would obey, and nothing else."""

import pytest

from docqa.clean import clean, one_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("合同\x1b[31m第三条\x1b[0m", "合同第三条"),
        ("a\x1b]0;标题\x07b", "ab"),
        ("a\x1b]8;;http://example.invalid\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x1bP1$r0\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("行一\r\n行二\rX", "行一\n行二X"),
        ("ab\u202ecd\u2066", "abcd"),
        ("铃\x07声\x00", "铃声"),
        ("零\u200b宽\u2060字\ufeff符\u061c号\u180e", "零宽字符号"),
        ("标\U000e0041\U000e007f签\u3164\u00ad", "标签"),
        ("行\u2028段\u2029", "行段"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("未完\x1b[", "未完"),
        ("全角ＡＢＣ，“引号”😀\t制表\n", "全角ＡＢＣ，“引号”😀\t制表\n"),
    ],
)
def test_controls_go_and_text_stays(text, expected):
    assert clean(text) == expected


def test_one_line_folds_white_space():
    assert one_line(" 甲\n\t乙  \x1b[1m丙 ") == "甲 乙 丙"
