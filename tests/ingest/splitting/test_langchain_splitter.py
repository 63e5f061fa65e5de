import pytest
from langchain_core.documents import Document

from ingest.splitting.langchain_splitter import ChineseTextSplitter

TEXT = "第一句话。第二句话！第三句话？" * 6


def test_documents_keep_metadata_and_exact_starts() -> None:
    splitter = ChineseTextSplitter(chunk_size=20, add_start_index=True)
    pieces = splitter.split_documents([Document(TEXT, metadata={"source": "甲.txt"})])
    assert [p.page_content for p in pieces] == splitter.split_text(TEXT)
    for piece in pieces:
        start = piece.metadata["start_index"]
        assert TEXT[start : start + len(piece.page_content)] == piece.page_content
        assert piece.metadata["source"] == "甲.txt"


def test_metadata_of_pieces_are_independent() -> None:
    pieces = ChineseTextSplitter(chunk_size=20).create_documents([TEXT], [{"n": 1}])
    pieces[0].metadata["n"] = 2
    assert pieces[1].metadata["n"] == 1


def test_transform_documents_is_the_same_as_splitting() -> None:
    splitter = ChineseTextSplitter(chunk_size=20)
    documents = [Document(TEXT)]
    assert list(splitter.transform_documents(documents)) == splitter.split_documents(documents)


def test_overlap_is_whole_sentences() -> None:
    pieces = ChineseTextSplitter(chunk_size=20, overlap_sentences=1).split_text(TEXT)
    assert pieces[1].startswith(pieces[0][-5:])


def test_a_size_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="chunk_size"):
        ChineseTextSplitter(chunk_size=0)
