"""docqa for LangChain programs: retriever, vector store, splitter, chat model, answer chain."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docqa.langchain.answer_chain import AnswerChain
    from docqa.llm.llama.chat_model import ChatLlamaCpp
    from docqa.retrieval.retriever import LibraryRetriever
    from docqa.retrieval.vector_store import LibraryVectorStore
    from ingest.splitting.langchain_splitter import ChineseTextSplitter

__all__ = [
    "AnswerChain",
    "ChatLlamaCpp",
    "ChineseTextSplitter",
    "LibraryRetriever",
    "LibraryVectorStore",
]

_HOMES = {
    "AnswerChain": "docqa.langchain.answer_chain",
    "ChatLlamaCpp": "docqa.llm.llama.chat_model",
    "ChineseTextSplitter": "ingest.splitting.langchain_splitter",
    "LibraryRetriever": "docqa.retrieval.retriever",
    "LibraryVectorStore": "docqa.retrieval.vector_store",
}


def __getattr__(name: str) -> object:
    # Imported when asked for: a retriever works without llama.cpp.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
