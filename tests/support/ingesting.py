"""Ingests for tests: one call, and the whole content of a library for comparing."""

from pathlib import Path

from docqa.engine.ingest import Ingestion, IngestRequest
from docqa.settings import IngestSettings, Settings
from docqa.stores.records.library import Library
from ingest.types import FileStatus


def ingest(library, *paths, prune=False, retry=False, cancelled=lambda: False, **settings):
    """Run one ingest; return the reports by file name, skipped ones left out, and the tally."""
    chosen = Settings(ingest=IngestSettings(**{"jobs": 1, **settings}))
    request = IngestRequest(tuple(map(Path, paths)), prune, retry)
    work = Ingestion(Path(library), chosen, request, cancelled)
    reports = [step.file for step in work if step.file]
    named = {r.path.name: r for r in reports if r.status is not FileStatus.SKIPPED}
    return named, work.tally


def content(library):
    """Everything a library says about its documents, without ids and times."""
    with Library.open(Path(library)) as kept:
        documents = {
            info.path: (
                info.facts.get("also"),
                info.status,
                info.encoding,
                info.characters,
                kept.text(info.id),
                kept.sections(info.id),
                [(p.start, p.end, p.page, p.heading, p.text) for p in kept.passages_of(info.id)],
            )
            for info in kept.documents()
        }
        failed = {info.path: (info.reason, dict(info.facts)) for info in kept.list_failed()}
    return documents, failed


def indexed(library, text):
    """Paths of the documents that a search for these words finds in the lexical index."""
    from docqa.stores.lexical.index import LexicalIndex
    from docqa.terms import cut

    with Library.open(Path(library)) as kept, LexicalIndex.open(kept) as index:
        found = index.search(dict.fromkeys(cut(text), 1.0), 1000)
        return {passage.document for passage in kept.passages([number for number, _ in found])}
