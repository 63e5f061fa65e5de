"""`docqa ask`: one question, one answer from the documents."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docqa.cli.answers.stdin import piped_text
from docqa.cli.common import (
    EngineOption,
    JsonOption,
    KindOption,
    LibraryOption,
    ModelOption,
    ScopeOption,
    SinceOption,
    UntilOption,
    common_flags,
    line,
    link_path,
    note,
    print_json,
    settings,
)
from docqa.cli.completion import complete_sessions
from docqa.cli.exit_codes import INTERRUPTED, NOT_FOUND
from docqa.cli.progress import ProgressPrinter
from docqa.cli.stopping import Stop, stoppable
from docqa.errors import QueryError
from docqa.messages import say, use_language

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.types import Answer, AskRequest

app = typer.Typer()


@app.command(help=say("help_ask.ask"))
def ask(
    ctx: typer.Context,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help=say("help_ask.question"))
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", "-e", help=say("help_ask.edit"))] = False,
    stdin: Annotated[
        bool | None, typer.Option("--stdin/--no-stdin", help=say("help_ask.stdin"))
    ] = None,
    scope: ScopeOption = None,
    kind: KindOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    k: Annotated[
        int | None, typer.Option("-k", metavar="N", min=1, max=200, help=say("help_ask.k"))
    ] = None,
    mode: Annotated[
        Literal["stuff", "refine"], typer.Option("--mode", help=say("help_ask.mode"))
    ] = "stuff",
    quote_only: Annotated[
        bool, typer.Option("--quote-only", "-q", help=say("help_ask.quote_only"))
    ] = False,
    quotes: Annotated[
        int | None,
        typer.Option("--quotes", metavar="N", min=1, max=10, help=say("help_ask.quotes")),
    ] = None,
    engine: EngineOption = None,
    model: ModelOption = None,
    continued: Annotated[
        bool, typer.Option("--continue", "-c", help=say("help_ask.continued"))
    ] = False,
    session: Annotated[
        str | None,
        typer.Option(
            "--session",
            "-s",
            metavar="ID",
            help=say("help_ask.session"),
            autocompletion=complete_sessions,
        ),
    ] = None,
    rewrite: Annotated[
        bool, typer.Option("--rewrite/--no-rewrite", help=say("help_ask.rewrite"))
    ] = True,
    save: Annotated[bool, typer.Option("--save/--no-save", help=say("help_ask.save"))] = True,
    from_anywhere: Annotated[bool, typer.Option("--open", help=say("help_ask.open"))] = False,
    form: Annotated[
        str, typer.Option("--form", metavar="yes-no|number|A|B", help=say("help_ask.form"))
    ] = "",
    thorough: Annotated[bool, typer.Option("--thorough", help=say("help_ask.thorough"))] = False,
    patience: Annotated[
        float | None,
        typer.Option("--patience", metavar="SECONDS", min=0, help=say("help_ask.patience")),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help=say("help_ask.strict"))] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help=say("help_ask.dry_run"))] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question and leave with 3 where the documents do not."""
    # Imported here: --help needs none of it.
    from docqa.engine import Engine
    from docqa.types import AnswerMode, AskRequest, DocumentLimits

    flags = {**common_flags(library, engine, model), "answer.patience": patience}
    text, extra = _texts(question, edit=edit, stdin=stdin)
    with Engine(settings(ctx, flags), report=ProgressPrinter()) as door:
        if model:
            door.check_model()
        request = AskRequest(
            question=text,
            extra=extra,
            k=k,
            scope=tuple(scope or ()),
            limits=DocumentLimits(tuple(kind or ()), since, until),
            mode=AnswerMode.QUOTE if quote_only else AnswerMode(mode),
            session=_session(door, session, continued=continued),
            save=save,
            rewrite=rewrite,
            open=from_anywhere,
            thorough=thorough,
            form=form,
            quotes=quotes,
        )
        if dry_run:
            _print_plan(door, request, as_json=as_json)
            return
        code = answer_request(door, request, as_json=as_json, strict=strict)
    raise typer.Exit(code)


def _texts(question: str | None, *, edit: bool, stdin: bool | None) -> tuple[str, str]:
    """The question and the further material."""
    piped = "" if stdin is False else piped_text(wait=bool(stdin) or question is None)
    if edit:
        from docqa.cli.answers.editor import edit_text

        return edit_text(question or ""), piped
    if question is None:
        return piped, ""
    if piped:
        note(say("ask.material_taken", characters=len(piped)))
    return question, piped


def _session(door: "Engine", session: str | None, *, continued: bool) -> str | None:
    if session or not continued:
        return session
    last = door.last_session()
    if last is None:
        raise QueryError("ask.nothing_to_continue")
    return last.id


def answer_request(
    door: "Engine", request: "AskRequest", *, as_json: bool, strict: bool = False
) -> int:
    """Answer, print, and give the exit code; strictly, an uncertain answer is none."""
    if not as_json and any(map(str.isalpha, request.question)):
        # Refusals are in the question's language; what stands around an answer follows it.
        use_language(door.reply_language(request.question))
    with stoppable() as stop:
        answer = _as_json(door, request, stop) if as_json else _as_text(door, request, stop)
    if stop.asked:
        note(say("error.interrupted"))
        return INTERRUPTED
    failing = ("not_found", "perhaps") if strict else ("not_found",)
    return NOT_FOUND if answer.status.value in failing else 0


def _as_text(door: "Engine", request: "AskRequest", stop: Stop) -> "Answer":
    from docqa.cli.answers.text import TextPrinter
    from docqa.types import AnswerMode, Done

    printer = TextPrinter(door, quotes=request.mode is AnswerMode.QUOTE)
    try:
        for event in door.ask(request, stop):
            printer.event(event)
            if isinstance(event, Done):
                answer = event.answer
    finally:
        printer.close()
    return answer


def _as_json(door: "Engine", request: "AskRequest", stop: Stop) -> "Answer":
    from docqa.json_shapes import answer_values
    from docqa.types import Done, Warned

    for event in door.ask(request, stop):
        if isinstance(event, Warned):
            note(say(event.message, **event.facts))
        if isinstance(event, Done):
            answer = event.answer
    print_json(answer_values(answer, link_path(door)))
    return answer


def _print_plan(door: "Engine", request: "AskRequest", *, as_json: bool) -> None:
    from docqa.clean import clean

    plan = door.plan_prompt(request)
    if as_json:
        print_json(plan)
        return
    for role, text in plan.messages:
        line(f"── {role} ──")
        line(clean(text))
        line()
    for name, tokens in (
        ("window", plan.budget.window),
        ("system", plan.budget.system),
        ("history", plan.budget.history),
        ("question", plan.budget.question),
        ("passages", plan.budget.passages),
        ("reserve", plan.budget.reserve),
    ):
        note(f"{name:>9}: {tokens}")
    note(say("ask.fitted", found=plan.budget.found, fitted=plan.budget.fitted))
