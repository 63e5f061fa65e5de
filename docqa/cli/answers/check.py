"""`docqa check`: does a text of one's own say what the documents say?"""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.clean import one_line
from docqa.cli.answers.stdin import decode_text, piped_text
from docqa.cli.common import (
    JsonOption,
    LibraryOption,
    ScopeOption,
    line,
    link_path,
    note,
    print_json,
    settings,
)
from docqa.cli.progress import ProgressPrinter
from docqa.errors import StorageError, UsageError
from docqa.json_shapes import checked_values
from docqa.messages import say
from docqa.page_words import page_words
from docqa.types import Verdict

if TYPE_CHECKING:
    from docqa.types import CheckedPart, Citation

app = typer.Typer()
_SHOWN = {
    Verdict.SUPPORTED: ("✓", "check.supported"),
    Verdict.CONTRADICTED: ("✗", "check.contradicted"),
    Verdict.UNSUPPORTED: ("?", "check.unsupported"),
}


@app.command(help=say("help_check.check"))
def check(
    ctx: typer.Context,
    draft: Annotated[str, typer.Argument(metavar="[FILE|-]", help=say("help_check.file"))] = "-",
    scope: ScopeOption = None,
    every: Annotated[bool, typer.Option("--all", "-a", help=say("help_check.all"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare every sentence of a text with the library; leave with 1 where it is contradicted."""
    # Imported here: --help needs none of it.
    from docqa.engine import Engine

    text = _text_of(draft)
    with Engine(settings(ctx, {"library.name": library}), report=ProgressPrinter()) as engine:
        parts = []
        for part in engine.check_text(text, tuple(scope or ())):
            parts.append(part)
            if not as_json:
                _print(part, every=every)
        for notice in engine.notices():
            note(say(notice.message, **notice.facts))
        rows = [checked_values(part, link_path(engine)) for part in parts] if as_json else []
    counts = Counter(part.sentence.verdict for part in parts)
    named = {verdict.value: counts[verdict] for verdict in Verdict}
    if as_json:
        print_json({"sentences": rows, **named})
    else:
        note(say("check.counted", **named))
    raise typer.Exit(1 if counts[Verdict.CONTRADICTED] else 0)


def _text_of(draft: str) -> str:
    if draft == "-":
        text = piped_text(wait=True)
    else:
        try:
            text = decode_text(Path(draft).read_bytes())
        except OSError as error:
            raise StorageError(path=draft, reason=error.strerror) from error
    if not text.strip():
        raise UsageError("check.nothing")
    return text


def _print(part: "CheckedPart", *, every: bool) -> None:
    verdict = part.sentence.verdict
    if verdict is None or (verdict is Verdict.SUPPORTED and not every):
        return
    sign, words = _SHOWN[verdict]
    line(f"{sign} {say(words)}  {one_line(part.text)}")
    for citation in part.citations:
        line(f"    {one_line(citation.quote)}")
        line(f"    {_place(citation)}")


def _place(citation: "Citation") -> str:
    parts = [one_line(citation.document)]
    if citation.page is not None:
        parts.append(page_words(citation.document, citation.page, citation.page_label))
    if citation.heading:
        parts.append(one_line(" > ".join(citation.heading)))
    return " · ".join(parts)
