"""`docqa search`: the passages that match, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import clean
from docqa.cli.answers.looks import mark_hits, place_style, wrap
from docqa.cli.common import (
    JsonOption,
    KindOption,
    LibraryOption,
    ScopeOption,
    SinceOption,
    UntilOption,
    line,
    link_path,
    note,
    on_terminal,
    print_json,
    settings,
)
from docqa.cli.progress import ProgressPrinter
from docqa.cli.table import print_table
from docqa.json_shapes import found_values, passage_values
from docqa.messages import say
from docqa.page_words import source_words
from docqa.terms.display import whole_words
from docqa.types import SearchMode

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import Found, SearchResult

app = typer.Typer()
_SHARES = {
    "lexical": "search.share_of_words",
    "dense": "search.share_of_meaning",
    "rerank": "search.share_of_reranker",
}


@app.command(help=say("help_search.search"))
def search(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    k: Annotated[
        int | None, typer.Option("-k", metavar="N", min=1, max=200, help=say("help_search.k"))
    ] = None,
    scope: ScopeOption = None,
    kind: KindOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    mode: Annotated[SearchMode | None, typer.Option("--mode", help=say("help_search.mode"))] = None,
    neighbours: Annotated[
        int,
        typer.Option(
            "--neighbours", "-n", metavar="N", min=0, max=20, help=say("help_search.neighbours")
        ),
    ] = 0,
    explain: Annotated[bool, typer.Option("--explain", help=say("help_search.explain"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the passages that match a query."""
    # Imported here: --help needs none of it.
    from docqa.engine import Engine
    from docqa.types import DocumentLimits, SearchRequest

    values = settings(ctx, {"library.name": library, "search.k": k, "search.mode": mode})
    request = SearchRequest(
        query=query,
        k=values.search.k,
        mode=SearchMode(values.search.mode),
        scope=tuple(scope or ()),
        limits=DocumentLimits(tuple(kind or ()), since, until),
    )
    with Engine(values, report=ProgressPrinter()) as engine:
        result = engine.search(request)
        for notice in engine.notices():
            note(say(notice.message, **notice.facts))
        if as_json:
            print_json(_as_json(result, engine, neighbours))
        elif on_terminal() or explain or neighbours:
            _print(result, engine, neighbours, explain=explain)
        else:
            print_table((), map(_record, result.found))
            _print_missing(result)


def _print(result: "SearchResult", engine: "Engine", neighbours: int, *, explain: bool) -> None:
    for found in result.found:
        passage = found.passage
        before, after = engine.neighbours(passage, neighbours) if neighbours else ([], [])
        line(f"[{found.rank}] {place_style(source_words(passage))}")
        if explain:
            line("    " + _why(found, result.query))
        for shown in (*before, passage, *after):
            line(mark_hits(wrap(clean(shown.text), "    "), found.why.matched))
        line()
    if explain:
        if shares := [say(_SHARES[leg], share=round(s, 3)) for leg, s in result.shares.items()]:
            line(say("search.weights", shares="; ".join(shares)))
        weighed = (f"{term} {weight:.1f}" for term, weight in result.weights.items())
        line(say("search.terms", terms=", ".join(weighed)))
        if result.embedded is not None:
            line(say("search.embedded", share=round(100 * result.embedded)))
        line(say("search.relevance", share=round(result.relevance, 2)))
        if reader := engine.settings.answer.reader_folder:
            line(say("search.read_by", reader=reader))
    _print_missing(result)


def _record(found: "Found") -> tuple[str, ...]:
    passage = found.passage
    page = "" if passage.page is None else str(passage.page)
    heading = " > ".join(passage.heading)
    return (str(found.rank), passage.document, page, heading, passage.text)


def _print_missing(result: "SearchResult") -> None:
    if not result.found:
        note(say("search.nothing_found"))
    if result.unknown_terms:
        note(say("search.unknown", terms=" ".join(whole_words(result.unknown_terms))))


def _why(found: "Found", query: str) -> str:
    why = found.why
    parts = [say("search.score", score=round(found.score, 3))]
    if why.lexical_rank is not None:
        parts.append(say("search.by_words", rank=why.lexical_rank, score=_short(why.lexical_score)))
    if why.dense_rank is not None:
        parts.append(say("search.by_meaning", rank=why.dense_rank, score=_short(why.dense_score)))
    if why.rerank is not None:
        parts.append(say("search.reranked", score=_short(why.rerank)))
    if why.matched:
        parts.append(say("search.matched", terms=" ".join(whole_words(why.matched, query))))
    return "; ".join(parts)


def _short(score: float | None) -> float:
    return round(score or 0.0, 3)


def _as_json(result: "SearchResult", engine: "Engine", neighbours: int) -> dict[str, object]:
    link, passages = link_path(engine), []
    for found in result.found:
        row = found_values(found, link)
        if neighbours:
            before, after = engine.neighbours(found.passage, neighbours)
            row["before"] = [passage_values(passage, link) for passage in before]
            row["after"] = [passage_values(passage, link) for passage in after]
        passages.append(row)
    return {
        "query": result.query,
        "relevance": result.relevance,
        "embedded": result.embedded,
        "passages": passages,
    }
