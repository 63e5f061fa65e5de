import json

import pytest

from ingest.encodings.decode import decode
from ingest.errors import FileUnreadable

SIMPLIFIED = "第三条规定：员工出差须提前三个工作日申请，住宿费凭发票报销。"
TRADITIONAL = "員工出差須提前三個工作日申請，住宿費憑發票報銷，逾期不予受理。"
JAPANESE = "これは日本語の文章です。東京都に住んでいる人は多いです。"

CASES = [
    *((SIMPLIFIED, name) for name in ("utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be")),
    *((TRADITIONAL, name) for name in ("big5", "gb18030", "utf-8", "utf-16-le")),
    *((JAPANESE, name) for name in ("shift_jis", "euc_jp", "iso2022_jp", "utf-8")),
]


@pytest.mark.parametrize(("text", "name"), CASES)
def test_the_encoding_is_found_by_evidence(text, name):
    found = decode(text.encode(name))
    assert found.text == text
    assert found.encoding.confidence > 0.6


@pytest.mark.parametrize(("text", "name"), CASES)
def test_twenty_characters_are_enough(text, name):
    assert decode(text[:20].encode(name)).text == text[:20]


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides(name):
    found = decode(SIMPLIFIED.encode(name))
    assert (found.text, found.encoding.confidence) == (SIMPLIFIED, 1.0)


def test_gb18030_reads_what_gbk_cannot():
    text = "㐀㐁的合同规定" + SIMPLIFIED
    found = decode(text.encode("gb18030"))
    assert (found.text, found.encoding.name) == (text, "gb18030")


def test_two_characters_of_gbk_are_not_taken_for_utf8():
    assert decode("目录".encode("gbk")).text == "目录"


def test_western_text_is_not_taken_for_chinese():
    text = "Der Käse schmeckt für Größe, naïve café"
    assert decode(text.encode("cp1252")).text == text


def test_the_user_decides_before_the_evidence():
    found = decode(SIMPLIFIED.encode("gb18030"), "gb2312")
    assert (found.text, found.encoding.name) == (SIMPLIFIED, "gb18030")


def test_a_wrong_encoding_is_refused_with_its_place():
    with pytest.raises(FileUnreadable) as refused:
        decode("甲".encode("gbk"), "utf-8")
    assert refused.value.code == "encoding_wrong"
    assert refused.value.facts == {"encoding": "utf-8", "position": 0}


@pytest.mark.parametrize("name", ["no-such", "rot13", "base64"])
def test_an_unknown_encoding_is_named(name):
    with pytest.raises(FileUnreadable, match="encoding_unknown"):
        decode(b"abc", name)


def test_a_cut_character_costs_itself_alone():
    found = decode(SIMPLIFIED.encode("gb18030")[:-1])
    assert found.text[:-1] == SIMPLIFIED[:-1]


def test_a_few_broken_bytes_do_not_change_the_encoding():
    data = SIMPLIFIED.encode() * 40 + b"\xff" + SIMPLIFIED.encode()
    found = decode(data)
    assert found.encoding.name == "utf-8"
    assert found.text.count(SIMPLIFIED) == 41


def test_binary_bytes_are_no_text():
    with pytest.raises(FileUnreadable, match="binary"):
        decode(bytes(range(256)) * 20)


def test_line_ends_become_line_feeds():
    assert decode(b"a\r\nb\rc").text == "a\nb\nc"


def test_a_guess_says_that_it_is_one():
    found = decode("巅峰".encode("gbk"))
    assert found.encoding.confidence < 0.6
    assert found.notes == ("encoding_unsure",)


@pytest.mark.parametrize(
    ("file", "name"),
    [("cmrc2018_trial", "gb18030"), ("cmrc2018_trial", "utf-16-le"), ("drcd_dev", "cp950")],
)
def test_twenty_characters_anywhere_in_real_text(shared_data, file, name):
    data = json.loads((shared_data / f"{file}.json").read_text(encoding="utf-8"))
    contexts = json.dumps(data, ensure_ascii=False)
    pieces = [contexts[at : at + 20] for at in range(1000, 240_000, 1000)]
    pieces = [p for p in pieces if sum("\u4e00" <= c <= "\u9fff" for c in p) >= 12]
    encodable = [p for p in pieces if p == p.encode(name, "ignore").decode(name)]
    wrong = [p for p in encodable if decode(p.encode(name)).text != p]
    assert len(encodable) > 50
    assert len(wrong) <= 0.02 * len(encodable)
