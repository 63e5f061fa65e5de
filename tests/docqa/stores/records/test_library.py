"""The records: documents whole or not at all, exact slices, removals that indexes can follow."""

import sqlite3

import pytest
from msgspec.structs import replace

from docqa.errors import LibraryDamaged, LibraryLocked, QueryError, StorageError, UnknownLibrary
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import Library
from ingest.types import BlockKind, Extract, PageReport, PassageSpan, Section

CHAPTER = ("第一章 总则",)


def document(text, size=300):
    """An extract cut every `size` characters, under one heading on page 2."""
    cuts = range(0, len(text), size)
    passages = [
        PassageSpan(n, at, min(at + size, len(text)), text[at : at + size], 2, CHAPTER)
        for n, at in enumerate(cuts)
    ]
    sections = (Section(0, len(text), BlockKind.PARAGRAPH, 2, CHAPTER),)
    return Extract(text, sections, (PageReport(2, len(text), 0.9, True),)), passages


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "库", create=True) as opened:
        yield opened


def test_passages_are_exact_slices_across_the_pieces_that_text_is_kept_in(library):
    text = "".join(chr(0x4E00 + n % 20000) for n in range(50_000))
    extract, passages = document(text, size=777)
    number = library.add_document("长文.txt", extract, passages)
    assert [p.text for p in library.passages_of(number)] == [p.text for p in passages]
    assert library.text(number) == text
    assert library.text(number, 2000, 9000) == text[2000:9000]
    assert library.text(number, 2048, 2048) == ""


def test_a_passage_keeps_its_page_heading_and_place(library):
    number = library.add_document("合同.md", *document("甲方应当付款。" * 100))
    (second,) = library.passages_of(number, 1, 1)
    assert (second.document, second.ordinal, second.start, second.end) == ("合同.md", 1, 300, 600)
    assert (second.page, second.heading) == (2, CHAPTER)
    assert library.sections(number)[0].heading == CHAPTER
    assert library.pages(number)[0].number == 2


def test_passages_come_in_the_order_asked_without_those_that_are_gone(library):
    library.add_document("甲.txt", *document("甲" * 900))
    assert [p.id for p in library.passages([3, 99, 1])] == [3, 1]


def test_ids_are_never_used_again(library):
    first = library.add_document("甲.txt", *document("甲" * 600))
    library.remove(["甲.txt"])
    second = library.add_document("乙.txt", *document("乙" * 600))
    assert second > first
    assert min(p.id for p in library.passages_after(0, 10)) == 3


def test_the_same_content_at_two_paths_is_one_document(library):
    first = library.add_document("甲/通知.txt", *document("通知" * 200))
    assert library.add_document("乙/通知.txt", *document("通知" * 200)) == first
    assert library.counts().documents == 1
    (info,) = library.documents()
    assert {info.path, *info.facts["also"]} == {"甲/通知.txt", "乙/通知.txt"}
    library.remove(["甲/通知.txt"])
    assert [info.path for info in library.documents()] == ["乙/通知.txt"]
    assert library.removed_after(0) == []


def test_replacing_a_document_removes_its_old_passages(library):
    library.add_document("制度.txt", *document("旧" * 600))
    before = library.generation
    library.add_document("制度.txt", *document("新" * 300))
    assert {p.text[0] for p in library.passages_after(0, 10)} == {"新"}
    assert [number for number, _ in library.removed_after(before)] == [1, 2]
    assert library.removed_after(library.generation) == []


def test_the_generation_is_seen_by_others(library):
    with Library.open(library.path) as other:
        before = other.generation
        library.add_document("甲.txt", *document("甲"))
        assert other.generation > before


def test_a_failed_write_leaves_nothing_behind(library):
    extract, passages = document("甲" * 600)
    twice = [passages[0], PassageSpan(1, "bad", 3, "", None, ())]  # no start is a word
    library.connection.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON passages WHEN new.start = 'bad'"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    with pytest.raises(sqlite3.IntegrityError):
        library.add_document("甲.txt", extract, twice)
    assert library.counts().documents == 0
    assert library.generation == 0
    assert list(library.passages_after(0, 10)) == []


def test_text_that_no_utf8_can_hold_is_kept_with_a_mark(library):
    number = library.add_document("坏.txt", *document("好\ud800字"))
    assert library.text(number) == "好\ufffd字"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("合同/甲.txt", {"合同/甲.txt"}),
        ("甲.txt", {"合同/甲.txt", "归档/2020/甲.txt"}),
        ("合同", {"合同/甲.txt", "合同/乙.md"}),
        ("合同/", {"合同/甲.txt", "合同/乙.md"}),
        ("*.md", {"合同/乙.md"}),
        ("归档/*.txt", set()),
        ("归档/**/*.txt", {"归档/2020/甲.txt"}),
        ("归档/*/?.txt", {"归档/2020/甲.txt"}),
        ("告[终稿].txt", {"报告[终稿].txt"}),
        ("报告[终稿].txt", {"报告[终稿].txt"}),
        ("[甲乙].*", {"合同/甲.txt", "合同/乙.md", "归档/2020/甲.txt"}),
        ("cafe\u0301.txt", {"café.txt"}),
    ],
)
def test_a_scope_means_these_documents(library, pattern, found):
    names = ["合同/甲.txt", "合同/乙.md", "归档/2020/甲.txt", "报告[终稿].txt", "café.txt"]
    for name in names:
        library.add_document(name, *document(name))
    if not found:
        with pytest.raises(QueryError):
            library.scope_ids([pattern])
        return
    assert {info.path for info in library.documents([pattern])} == found
    assert len(library.scope_ids([pattern])) == len(found)


def test_no_scope_is_no_limit(library):
    assert library.scope_ids(()) is None


def test_a_path_that_means_several_documents_is_refused_with_their_names(library):
    library.add_document("甲/通知.txt", *document("一"))
    library.add_document("乙/通知.txt", *document("二"))
    with pytest.raises(QueryError, match=r"甲/通知\.txt"):
        library.document("通知.txt")
    assert library.document("甲/通知.txt").path == "甲/通知.txt"


def test_the_second_writer_is_told_who_holds_the_lock(library):
    with (
        library.write_lock(),
        pytest.raises(LibraryLocked, match=r"\d+, \d\d:\d\d"),
        library.write_lock(),
    ):
        pass
    with library.write_lock():
        pass


def test_a_library_that_is_not_there_is_unknown(tmp_path):
    with pytest.raises(UnknownLibrary):
        Library.open(tmp_path / "没有")


def test_a_file_that_is_no_library_is_damaged(tmp_path):
    (tmp_path / "library.sqlite").write_bytes("这不是数据库".encode() * 1000)
    with pytest.raises(LibraryDamaged):
        Library.open(tmp_path)


def test_a_library_of_a_newer_docqa_is_refused(library):
    library.connection.execute("INSERT INTO migrations VALUES ('m999_future')")
    with pytest.raises(StorageError, match="newer"):
        Library.open(library.path)


def test_a_sound_library_has_no_faults(library):
    library.add_document("甲.txt", *document("甲" * 5000))
    assert faults(library) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("DELETE FROM passages WHERE ordinal = 1", "library.fault_passages"),
        ("DELETE FROM texts WHERE piece = 1", "library.fault_text"),
        ("DELETE FROM headings", "library.fault_headings"),
        ("DELETE FROM outlines", "library.fault_outline"),
        ("DELETE FROM paths", "library.fault_orphan"),
        ('UPDATE passages SET "end" = 9999999 WHERE ordinal = 0', "library.fault_positions"),
    ],
)
def test_damage_is_found(library, damage, fault):
    library.add_document("甲.txt", *document("甲" * 5000))
    library.connection.execute(damage)
    assert fault in [message for message, _ in faults(library)]


def test_a_passage_knows_the_number_printed_on_its_page(library):
    extract, passages = document("甲方应当付款。" * 100)
    printed = PageReport(2, 700, 0.9, True, label="iv", printed=True)
    number = library.add_document("合同.pdf", replace(extract, pages=(printed,)), passages)
    assert {p.page_label for p in library.passages_of(number)} == {"iv"}
    assert library.page_label(number, 2) == "iv"
    assert library.page_label(number, 3) is None


def test_the_name_of_a_sheet_is_no_printed_number(library):
    extract, passages = document("甲方应当付款。" * 100)
    sheet = PageReport(2, 700, 0.9, True, label="价目")
    number = library.add_document("价目.xlsx", replace(extract, pages=(sheet,)), passages)
    assert {p.page_label for p in library.passages_of(number)} == {None}
