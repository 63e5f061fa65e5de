import msgspec
import pytest

from docqa.errors import QueryError
from docqa.retrieval import open_searcher
from docqa.settings import SearchSettings, Settings
from docqa.types import SearchMode, SearchRequest
from tests.support.small_library import add


@pytest.fixture
def searcher(library):
    opened = open_searcher(library, Settings())
    yield opened
    opened.close()


def documents(result) -> list[str]:
    return [found.passage.document for found in result.found]


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("住宿标准是多少？", "规定/差旅.txt"),
        ("請假要誰批准", "规定/请假.txt"),
        ("安装驱动程序前要做什么", "手册/安装.txt"),
        ("which repairs does the warranty cover", "english.txt"),
        ("400元", "规定/差旅.txt"),
        ("二十四个月 months", "english.txt"),
    ],
)
def test_the_right_document_is_first(searcher, query, document):
    assert documents(searcher.search(SearchRequest(query)))[0] == document


def test_every_result_is_the_slice_it_points_at(searcher, library):
    for found in searcher.search(SearchRequest("员工")).found:
        passage = found.passage
        assert passage.text == library.text(passage.document_id, passage.start, passage.end)


def test_scope_limits_before_ranking(searcher):
    result = searcher.search(SearchRequest("员工请假", k=1, scope=("手册/*", "规定/差旅.txt")))
    assert documents(result) == ["规定/差旅.txt"]


def test_a_scope_that_matches_nothing_is_refused(searcher):
    with pytest.raises(QueryError):
        searcher.search(SearchRequest("员工", scope=("*.pdf",)))


@pytest.mark.parametrize("query", ["", "   ", "？！……", "***"])
def test_nothing_to_search_for_is_refused(searcher, query):
    with pytest.raises(QueryError, match="nothing"):
        searcher.search(SearchRequest(query))


@pytest.mark.parametrize(
    "query",
    [
        'terms:"打印机" AND (卡纸 OR *',
        "打印机^5 +卡纸 -电源 [a TO b]",
        "打印机 " * 2000,
        "什么是打印机",
    ],
)
def test_operators_quotes_and_length_do_no_harm(searcher, query):
    assert documents(searcher.search(SearchRequest(query)))[0] == "手册/打印机.txt"


def test_only_question_words_find_what_holds_them_or_nothing(searcher):
    assert searcher.search(SearchRequest("什么")).found == ()


def test_relevance_tells_answered_from_foreign_questions(searcher):
    near = searcher.search(SearchRequest("出差住宿标准")).relevance
    far = searcher.search(SearchRequest("量子引力的膜理论由谁提出")).relevance
    assert near > 0.7 > 0.3 > far


def test_words_that_are_nowhere_are_named(searcher):
    assert searcher.search(SearchRequest("打印机墨盒")).unknown_terms == ("墨盒",)
    assert "toner" in searcher.search(SearchRequest("打印机 toner")).unknown_terms


def test_the_reasons_are_told(searcher):
    why = searcher.search(SearchRequest("打印机卡纸")).found[0].why
    assert why.lexical_rank == 1 and why.dense_rank is None
    assert why.matched == ("打印", "印机", "机卡", "卡纸")


def test_near_duplicates_are_left_out(searcher, library):
    add(library, "副本.txt", "员工出差的住宿标准为每晚四百元！超出部分，由本人承担。")
    found = documents(searcher.search(SearchRequest("住宿标准")))
    assert len({"副本.txt", "规定/差旅.txt"} & set(found)) == 1


def test_what_is_added_later_is_found(searcher, library):
    add(library, "新.txt", "年终奖金于一月发放。")
    assert documents(searcher.search(SearchRequest("年终奖金")))[0] == "新.txt"


def test_another_wording_helps(searcher):
    request = SearchRequest("那它呢", also=("打印机卡纸怎么办",))
    assert documents(searcher.search(request))[0] == "手册/打印机.txt"


def test_synonyms_and_dictionary_are_honoured(library, tmp_path):
    (tmp_path / "same.txt").write_text("酒店,住宿\n", encoding="utf-8")
    search = SearchSettings(synonyms=str(tmp_path / "same.txt"))
    searcher = open_searcher(library, msgspec.structs.replace(Settings(), search=search))
    assert documents(searcher.search(SearchRequest("酒店")))[0] == "规定/差旅.txt"


def test_meaning_alone_needs_vectors(searcher):
    with pytest.raises(QueryError, match="vectors"):
        searcher.search(SearchRequest("员工", mode=SearchMode.DENSE))


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ("员工从什么时候开始出差？", ()),
        ("列出员工出差的所有住宿标准", ()),
        ("光合作用的过程", ("光合作用", "过程")),
        ("员工丘处机住宿", ("丘处机",)),
        ("请假三天以上", ()),
        ("员工出差能赔吗，会跟我签合同吗", ("赔", "合同")),
        ("出差到一半", ()),
        ("which suitcases does the warranty cover for 12 months", ("suitcases", "12")),
        ("is a battery covered", ()),
        ("RTX-4090 repairs", ("rtx-4090",)),
        ("一共有几个化石", ("化石",)),
        ("最多能借几枚化石", ("借", "化石")),
        ("我想问一下化石丢了咋办", ("化石",)),
        ("会议室丢了化石", ("会议室", "化石")),
        ("得花多少钱", ()),
        ("化石需不需要提前预约", ("化石", "提前", "预约")),
        ("员工出租住宿", ("出租",)),
    ],
)
def test_unknown_words_are_words_and_not_their_fragments(searcher, query, unknown):
    assert searcher.search(SearchRequest(query)).unknown_terms == unknown


DUTIES = ("早睡", "早起", "节水", "节电", "防火", "防盗", "安静", "整洁")
RULES = "".join(
    f"第{n}条 学生公寓管理条例第{n}项规定，学生应当{duty}。\n"
    for n, duty in zip("一二三四五六七八", DUTIES, strict=True)
)


@pytest.mark.parametrize(
    ("query", "begins"),
    [
        ("学生公寓管理条例第七条的内容", "第七条"),
        ("第7條", "第七条"),
        ("条例第二条和别的", "第二条"),
    ],
)
def test_an_article_asked_for_by_its_number_is_first(searcher, library, query, begins):
    add(library, "条例/公寓.txt", RULES, size=40)
    add(library, "条例/解释.txt", "学生公寓管理条例的内容见第七条，学生公寓管理条例由后勤处解释。")
    assert searcher.search(SearchRequest(query)).found[0].passage.text.startswith(begins)


def test_an_article_is_found_among_many_though_its_passage_lacks_the_title(searcher, library):
    for number in range(60):
        add(
            library,
            f"{number}.txt",
            "".join(f"第{n}条 内容各有不同，编号{number}。\n" for n in range(1, 9)),
            size=40,
        )
    add(library, "x.txt", "青湖湿地保护办法\n" + RULES.replace("学生公寓管理条例", ""), size=40)
    found = searcher.search(SearchRequest("青湖湿地保护办法第七条")).found[0].passage
    assert (found.document, found.text[:3]) == ("x.txt", "第七条")
