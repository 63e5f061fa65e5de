import pytest

from ingest.splitting.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天下雨。明天晴！后天呢？好；行", ["今天下雨。", "明天晴！", "后天呢？", "好；", "行"]),
        (
            "甲方（业主；下称甲方）付款；乙方开票。",
            ["甲方（业主；下称甲方）付款；", "乙方开票。"],
        ),
        ("第一（甲；\n乙；丙", ["第一（甲；", "乙；", "丙"]),
        ("“你好。”他说。", ["“你好。”", "他说。"]),
        ("（见附件。）然后签字。", ["（见附件。）", "然后签字。"]),
        ("真的？！他走了……她没走。", ["真的？！", "他走了……", "她没走。"]),
        ("《谁动了我的奶酪？》一书很好。", ["《谁动了我的奶酪？》一书很好。"]),
        ("“走吧！”，他说。", ["“走吧！”，他说。"]),
        ("圆周率是3.14，见第3.2条。完", ["圆周率是3.14，见第3.2条。", "完"]),
        ("网址 https://a.example/x?y=1!z 可用。", ["网址 https://a.example/x?y=1!z 可用。"]),
        ("See Mr. Smith, e.g. today. It works!", ["See Mr. Smith, e.g. today.", "It works!"]),
        ("1. 第一项\n2. 第二项", ["1. 第一项", "2. 第二项"]),
        ("a line that is\nwrapped goes on. Next", ["a line that is\nwrapped goes on.", "Next"]),
        ("一行\n\n另一行", ["一行", "另一行"]),
        ("  \n　", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_only_the_asked_stretch_is_cut() -> None:
    text = "甲。乙。丙。"
    assert [text[a:b] for a, b in sentences(text, 2, 4)] == ["乙。"]
