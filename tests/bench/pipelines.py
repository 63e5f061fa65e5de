"""The ingests that the benchmark compares, each run in a process of its own.

`python -m tests.bench.pipelines NAME FOLDER STORE` prints the seconds that the work took; imports
are not counted for anybody. The peers are LangChain's usual pipeline: a Document per file (per page
of a PDF) as its text, PDF and DOCX loaders give them, RecursiveCharacterTextSplitter of 400
characters with 50 of overlap, and Chroma kept on disk, or a FAISS flat index and a dictionary of
Documents in memory. The embedder costs nothing: it hands out vectors made beforehand.
"""

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DIMENSION = 512
_AT_A_TIME = 5000


def docqa(folder: Path, store: Path) -> float:
    """Catalogue and lexical index, as `docqa ingest` makes them."""
    from docqa.engine.ingestion import Ingestion, IngestRequest
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

    embedder, splitter = _embedder(), _splitter()
    started = time.perf_counter()
    kept = Chroma(
        "bench",
        embedder,
        persist_directory=str(store),
        client_settings=Settings(
            anonymized_telemetry=False, is_persistent=True, persist_directory=str(store)
        ),
    )
    passages = splitter.split_documents(list(_loaded(folder)))
    for first in range(0, len(passages), _AT_A_TIME):
        kept.add_documents(passages[first : first + _AT_A_TIME])
    return time.perf_counter() - started


def faiss(folder: Path, store: Path) -> float:
    """LangChain with FAISS and a document store in memory; nothing is written."""
    import faiss as library
    import numpy as np

    embedder, splitter = _embedder(), _splitter()
    started = time.perf_counter()
    passages = splitter.split_documents(list(_loaded(folder)))
    vectors = embedder.embed_documents([passage.page_content for passage in passages])
    index = library.IndexFlatL2(DIMENSION)
    index.add(np.array(vectors, dtype=np.float32))
    ids = [str(uuid.uuid4()) for _ in passages]
    documents = dict(zip(ids, passages, strict=True))
    seconds = time.perf_counter() - started
    assert index.ntotal == len(documents)
    return seconds


PIPELINES: dict[str, Callable[[Path, Path], float]] = {
    "docqa": docqa,
    "chroma": chroma,
    "faiss": faiss,
}


def _loaded(folder: Path) -> Iterator[Any]:
    from langchain_core.documents import Document

    for path in sorted(folder.rglob("*.*")):
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


if __name__ == "__main__":
    name, folder, store = sys.argv[1:]
    # Imports are done before the clock starts, for everybody.
    if name != "docqa":
        import chromadb  # noqa: F401
        import faiss as _faiss  # noqa: F401
        import langchain_chroma  # noqa: F401
        import langchain_text_splitters  # noqa: F401
        import pypdfium2 as _pdf  # noqa: F401
    print(PIPELINES[name](Path(folder), Path(store)))
