"""The ingests that the benchmark compares, each run in a process of its own.

`python -m tests.bench.pipelines NAME STORE FOLDER [WARM]` prints the seconds that the work took, of
the clock and of all cores. With WARM, a folder of a few files, each has ingested that in the same
process before, so that imports count for nobody; docqa's reading processes start anew in every run,
and that does count.

`chroma` and `faiss` are LangChain's usual pipeline, of its own parts at their defaults:
DirectoryLoader with TextLoader, PyPDFium2Loader (its fastest for PDF) and Docx2txtLoader,
RecursiveCharacterTextSplitter of 400 characters with 50 of overlap, and its Chroma store, kept on
disk, or its FAISS store in memory, of which nothing is written. `bare` is the least that could be
called such a pipeline: files opened by hand, the same splitter, a FAISS index and a dictionary.
The embedder costs nothing: it hands out vectors made beforehand.
"""

import resource
import sys
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docqa.privacy import switch_off_telemetry

DIMENSION = 512
PACKAGES = ("langchain_community", "langchain_chroma", "docx2txt", "faiss")
INSTALL = 'pip install -e ".[bench]"'


def docqa(folder: Path, store: Path) -> float:
    """Records and lexical index, as `docqa ingest` makes them."""
    from docqa.engine.ingest import Ingestion, IngestRequest
    from docqa.settings import Settings

    started = time.perf_counter()
    work = Ingestion(store, Settings(), IngestRequest((folder,)))
    for _ in work:
        pass
    seconds = time.perf_counter() - started
    assert work.tally.failed == 0
    return seconds


def chroma(folder: Path, store: Path) -> float:
    """LangChain with an embedded Chroma on disk."""
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    loaders, splitter, embedder = _loaders(folder), _splitter(), _embedder()
    started = time.perf_counter()
    passages = splitter.split_documents([page for loader in loaders for page in loader.load()])
    settings = Settings(
        anonymized_telemetry=False, is_persistent=True, persist_directory=str(store)
    )
    kept = Chroma.from_documents(
        passages, embedder, persist_directory=str(store), client_settings=settings
    )
    seconds = time.perf_counter() - started
    assert kept._collection.count() == len(passages)
    return seconds


def faiss(folder: Path, store: Path) -> float:
    """LangChain with its FAISS store in memory; nothing is written."""
    from langchain_community.vectorstores import FAISS

    loaders, splitter, embedder = _loaders(folder), _splitter(), _embedder()
    started = time.perf_counter()
    passages = splitter.split_documents([page for loader in loaders for page in loader.load()])
    kept = FAISS.from_documents(passages, embedder)
    seconds = time.perf_counter() - started
    assert kept.index.ntotal == len(passages)
    return seconds


def bare(folder: Path, store: Path) -> float:
    """Files opened by hand, a FAISS index and a dictionary; nothing is written."""
    import faiss as library
    import numpy as np

    splitter, embedder = _splitter(), _embedder()
    started = time.perf_counter()
    passages = splitter.split_documents(list(_opened(folder)))
    vectors = embedder.embed_documents([passage.page_content for passage in passages])
    index = library.IndexFlatL2(DIMENSION)
    index.add(np.array(vectors, dtype=np.float32))
    documents = {str(uuid.uuid4()): passage for passage in passages}
    seconds = time.perf_counter() - started
    assert index.ntotal == len(documents)
    return seconds


PIPELINES: dict[str, Callable[[Path, Path], float]] = {
    "docqa": docqa,
    "chroma": chroma,
    "faiss": faiss,
    "bare": bare,
}


def missing() -> list[str]:
    """What the peers need and is not installed."""
    return [name for name in PACKAGES if find_spec(name) is None]


def _loaders(folder: Path) -> list[Any]:
    from langchain_community.document_loaders import (
        DirectoryLoader,
        Docx2txtLoader,
        PyPDFium2Loader,
        TextLoader,
    )

    kinds = {"**/*.txt": TextLoader, "**/*.pdf": PyPDFium2Loader, "**/*.docx": Docx2txtLoader}
    return [DirectoryLoader(str(folder), kind, loader_cls=cls) for kind, cls in kinds.items()]


def _opened(folder: Path) -> Iterator[Any]:
    from langchain_core.documents import Document

    for path in folder.rglob("*.*"):
        source = {"source": str(path)}
        if path.suffix == ".pdf":
            import pypdfium2

            pdf = pypdfium2.PdfDocument(path)
            for number, page in enumerate(pdf):
                text = page.get_textpage().get_text_range()
                yield Document(page_content=text, metadata={**source, "page": number})
            pdf.close()
        elif path.suffix == ".docx":
            from docx import Document as Docx

            text = "\n\n".join(paragraph.text for paragraph in Docx(str(path)).paragraphs)
            yield Document(page_content=text, metadata=source)
        else:
            yield Document(page_content=path.read_text(encoding="utf-8"), metadata=source)


def _splitter() -> Any:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(chunk_size=400, chunk_overlap=50)


def _embedder() -> Any:
    import numpy as np
    from langchain_core.embeddings import Embeddings

    class Free(Embeddings):
        rows = np.random.default_rng(1).standard_normal((1000, DIMENSION)).tolist()

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [self.rows[number % 1000] for number in range(len(texts))]

        def embed_query(self, text: str) -> list[float]:
            return self.rows[0]

    return Free()


def main() -> None:
    """Warm up, then print what the real run took."""
    switch_off_telemetry()
    # Its makers announce that they look for successors; it is the loaders' home for now.
    warnings.filterwarnings("ignore", "`langchain-community`", DeprecationWarning)
    name, store, folder, *warm = sys.argv[1:]
    for few in warm:
        PIPELINES[name](Path(few), Path(f"{store}-warm"))
    before = _cpu()
    seconds = PIPELINES[name](Path(folder), Path(store))
    print(seconds, _cpu() - before)


def _cpu() -> float:
    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
