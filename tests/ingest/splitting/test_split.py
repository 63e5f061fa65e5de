import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section

PIECES = ["第三条 ", "。", "！”", "\n", "\n\n", "Q：", "A: ", "3.14", "他说，", "第一章 总则\n"]
PIECES += [" ", "　", "word. ", "长" * 40]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=60).map("".join)


def sectioned(text: str, cuts: list[int], kinds: list[BlockKind]) -> Extract:
    """An extract whose sections are cut anywhere."""
    edges = [0, *sorted({c % (len(text) + 1) for c in cuts}), len(text)]
    spans = [(a, b) for a, b in itertools.pairwise(edges) if a < b]
    sections = tuple(
        Section(a, b, kinds[i % len(kinds)], page=i, heading=(str(i // 3),))
        for i, (a, b) in enumerate(spans)
    )
    return Extract(text, sections)


@given(
    TEXTS,
    st.lists(st.integers(0, 2000), max_size=8),
    st.lists(st.sampled_from(BlockKind), min_size=1, max_size=4),
    st.integers(5, 80),
    st.integers(0, 2),
)
def test_passages_cover_the_text_in_order_and_are_exact_slices(text, cuts, kinds, size, overlap):
    passages = split(sectioned(text, cuts, kinds), size, overlap)
    covered = set()
    for number, passage in enumerate(passages):
        assert passage.ordinal == number
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() != ""
        covered.update(range(passage.start, passage.end))
    assert all(text[at].isspace() for at in set(range(len(text))) - covered)
    assert [p.start for p in passages] == sorted(p.start for p in passages)
    assert [p.end for p in passages] == sorted({p.end for p in passages})
    if not overlap:
        assert all(a.end <= b.start for a, b in itertools.pairwise(passages))
        assert all(len(p.text) <= 2 * size for p in passages)


def texts(text: str, size: int = 300, sections: tuple[Section, ...] = ()) -> list[str]:
    return [p.text for p in split(Extract(text, sections), size)]


def test_each_question_stays_with_its_own_answer() -> None:
    text = "Q：怎么报销？\nA：填表。\nQ：多久到账？\nA：三天。"
    assert texts(text) == ["Q：怎么报销？\nA：填表。", "Q：多久到账？\nA：三天。"]


def test_articles_are_passages_and_a_chapter_stays_with_its_first() -> None:
    text = "第一章 总则\n第一条 为了规范管理。\n第二条 依照第3.2条办理。"
    assert texts(text) == ["第一章 总则\n第一条 为了规范管理。", "第二条 依照第3.2条办理。"]


def test_a_title_stays_with_what_follows_it() -> None:
    text = "城市绿地养护办法\n\n第一条 为了规范养护。\n第二条 每三日浇灌一次。"
    assert texts(text) == [
        "城市绿地养护办法\n\n第一条 为了规范养护。",
        "第二条 每三日浇灌一次。",
    ]
    assert texts("常见问题\nQ：多久到账？\nA：三天。") == ["常见问题\nQ：多久到账？\nA：三天。"]


def test_a_passage_with_its_title_stands_under_the_heading_and_on_the_page_of_its_text() -> None:
    text = "员工手册\n总则\n本手册适用于全体员工。"
    sections = (
        Section(0, 4, BlockKind.PARAGRAPH, 1, ()),
        Section(5, 7, BlockKind.HEADING, 2, ("总则",)),
        Section(8, len(text), BlockKind.PARAGRAPH, 2, ("总则",)),
    )
    found = split(Extract(text, sections), 300)
    assert [(p.text, p.heading, p.page) for p in found] == [(text, ("总则",), 2)]


def test_more_than_a_title_above_the_first_article_is_a_passage_of_its_own() -> None:
    preamble = "为了规范养护，保护和改善生态环境，经研究决定制定本办法。" * 5
    text = f"{preamble}\n第一条 每三日浇灌一次。"
    assert texts(text) == [preamble, "第一条 每三日浇灌一次。"]


def test_a_table_of_contents_stands_apart_from_the_first_chapter() -> None:
    lines = ["目录", "第一章 总则", "第二章 养护", "第三章 附则", "第一章 总则", "第一节 目的"]
    sections, at = [], 0
    for number, line in enumerate(lines):
        path = (line,) if number < 5 else (lines[4], line)
        sections.append(Section(at, at + len(line), BlockKind.HEADING, None, path))
        at += len(line) + 1
    body = "第一条 为了规范养护。"
    sections.append(Section(at, at + len(body), BlockKind.PARAGRAPH, None, path))
    assert texts("\n".join([*lines, body]), sections=tuple(sections)) == [
        "目录\n第一章 总则\n第二章 养护\n第三章 附则",
        f"第一章 总则\n第一节 目的\n{body}",
    ]


def test_slides_without_a_title_stand_alone_and_a_sentence_goes_on_over_pages() -> None:
    text = "一、先做这个\n\n二、再做那个，\n\n而且要快。"
    spans, pages = ((0, 6), (8, 15), (15, len(text))), (1, 2, 3)
    sections = tuple(
        Section(a, b, BlockKind.PARAGRAPH, page, ())
        for (a, b), page in zip(spans, pages, strict=True)
    )
    found = split(Extract(text.replace("，\n\n", "，"), sections), 300)
    assert [(p.text, p.page) for p in found] == [
        ("一、先做这个", 1),
        ("二、再做那个，而且要快。", 2),
    ]


def test_a_passage_ends_where_a_heading_begins() -> None:
    text = "简介\n内容一。\n安装\n内容二。"
    sections = (
        Section(0, 2, BlockKind.HEADING, 1, ("简介",)),
        Section(3, 7, BlockKind.PARAGRAPH, 1, ("简介",)),
        Section(8, 10, BlockKind.HEADING, 2, ("安装",)),
        Section(11, 15, BlockKind.PARAGRAPH, 2, ("安装",)),
    )
    passages = split(Extract(text, sections), 300)
    assert [(p.text, p.heading, p.page) for p in passages] == [
        ("简介\n内容一。", ("简介",), 1),
        ("安装\n内容二。", ("安装",), 2),
    ]


def test_long_text_is_cut_at_sentence_ends_into_even_pieces() -> None:
    text = "这一句一共有十一个汉字。" * 50
    pieces = texts(text, 200)
    assert all(piece.endswith("。") for piece in pieces)
    assert max(map(len, pieces)) - min(map(len, pieces)) <= 24


def test_table_rows_stay_whole() -> None:
    text = "\n".join(f"第{i}行 | 甲。乙 | 丙" for i in range(40))
    sections = (Section(0, len(text), BlockKind.TABLE, None, ()),)
    lines = set(text.splitlines())
    assert all(line in lines for piece in texts(text, 100, sections) for line in piece.splitlines())


def test_overlap_repeats_whole_sentences() -> None:
    text = "".join(f"这是第{i}句话的内容。" for i in range(40))
    passages = split(Extract(text, ()), 100, overlap=1)
    for before, after in itertools.pairwise(passages):
        shared = text[after.start : before.end]
        assert shared.count("。") == 1 and shared.endswith("。")
