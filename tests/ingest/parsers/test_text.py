from ingest.types import BlockKind
from tests.support.reading import outline, read, texts


def test_chapters_become_headings_and_articles_stay_text():
    extract = read(
        "法.txt", "第一章 总则\n第一条 为了保护权益。\n\n第二章 附则\n第二条 自公布之日起施行。"
    )
    assert outline(extract) == [("第一章 总则",), ("第二章 附则",)]
    assert texts(extract, BlockKind.PARAGRAPH) == [
        "第一条 为了保护权益。",
        "第二条 自公布之日起施行。",
    ]


def test_sections_nest_under_their_chapter():
    extract = read("书.txt", "第一章 开始\n\n第一节 起因\n\n正文在此。\n\n第二节 经过\n\n又一段。")
    assert outline(extract)[-1] == ("第一章 开始", "第二节 经过")
    assert extract.sections[-1].heading == ("第一章 开始", "第二节 经过")


def test_every_section_is_the_slice_its_place_says():
    extract = read("a.txt", "甲\r\n\r\n　　乙段落\r\n\f丙\n")
    assert texts(extract) == ["甲", "乙段落", "丙"]
    assert extract.text == "甲\n\n乙段落\n\n丙"


def test_lines_broken_by_an_editor_are_joined():
    sentence = (
        "这是一份由旧编辑器在固定宽度处强行折行的中文文本，"
        "每一行都差不多一样长，只有段落的最后一行较短。"
    )
    lines = [sentence[at : at + 25] for at in range(0, len(sentence), 25)]
    source = "\n".join(lines) + "\n\n" + "\n".join(lines) + "\n\n" + "\n".join(lines)
    assert texts(read("a.txt", source)) == [sentence] * 3


def test_verses_and_short_lines_keep_their_breaks():
    poem = "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。"
    assert read("诗.txt", poem).text == poem


def test_code_keeps_its_lines_and_indents():
    source = "def 求和(a, b):\n    # 两数之和\n    return a + b\n\n\nprint(1)\n"
    extract = read("a.py", source)
    assert texts(extract, BlockKind.CODE) == [
        "def 求和(a, b):\n    # 两数之和\n    return a + b",
        "print(1)",
    ]


def test_full_width_forms_stay():
    assert read("a.txt", "ＡＢＣ１２３，“引号”").text == "ＡＢＣ１２３，“引号”"


def test_controls_noncharacters_and_whole_escapes_are_left_out():
    assert read("a.txt", "甲\x07乙\ufffe丙\x1b[31m" + "丁" * 300).text == "甲乙丙" + "丁" * 300


def test_a_single_line_of_many_megabytes_is_read():
    line = "天地玄黄宇宙洪荒" * 1_000_000
    assert len(read("a.txt", line).text) == len(line)
