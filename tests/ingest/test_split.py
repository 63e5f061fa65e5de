import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.split import split
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
