"""The screens and dialogs that keys and the palette open, by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from docqa.messages import say
from docqa.tui.base_screens import Dialog
from docqa.tui.library.path import exists, typed_path
from docqa.tui.pickers.line import LineDialog
from docqa.tui.pickers.pick import Choice, Picker
from docqa.tui.status import gpu_words
from docqa.tui.text import shorten

if TYPE_CHECKING:
    from docqa.engine import Engine
    from docqa.tui.app import DocqaApp
    from docqa.types import ModelChoice

_MOST_PASSAGES, _LONGEST_PATH = 200, 100
# What an answer under way stands on.
_UNDER_ANSWERS = ("model", "libraries", "find", "table")
FORMS = {"markdown": ".md", "html": ".html", "json": ".json"}


def go(app: "DocqaApp", place: str) -> None:
    """Open a place; most need the engine."""
    if place in _WITHOUT_ENGINE:
        _WITHOUT_ENGINE[place](app)
    elif app.engine is None:
        app.tell(say("tui.not_yet"), warn=True)
    elif place in _UNDER_ANSWERS and app.chat.answering:
        app.tell(say("tui_chat.still_answering"), warn=True)
    else:
        _PLACES[place](app, app.engine)


def export(app: "DocqaApp", engine: "Engine", session: str, title: str) -> None:
    """Ask for a form and a file, and write the session there."""

    def write(form: str, file: Path) -> Path:
        text = engine.export_session(session, form)
        try:
            file.write_text(text, encoding="utf-8")
        except OSError:
            # Half a file would only stand in the way of the next try.
            file.unlink(missing_ok=True)
            raise
        return file

    def take_file(form: str, path: str | None) -> None:
        if path:
            app.background(
                lambda: write(form, typed_path(path)),
                lambda file: app.tell(say("tui.exported", file=file)),
            )

    def ask_file(form: str | None) -> None:
        if form:
            name = "".join(c if c.isalnum() else "-" for c in title)[:40] + FORMS[form]
            dialog = LineDialog(say("tui.export_to"), str(Path.cwd() / name), refuse=refuse_taken)
            app.push_screen(dialog, lambda path: take_file(form, path))

    forms = [Choice(form, form) for form in FORMS]
    app.push_screen(Picker(say("tui.export_form"), forms), ask_file)


def refuse_taken(path: str) -> str:
    """Why a file cannot be written where it is typed; empty where it can."""
    file = typed_path(path)
    if exists(file):
        return say("tui.file_exists", file=file)
    if exists(file.parent):
        return ""
    return say("tui.no_folder", folder=shorten(str(file.parent), _LONGEST_PATH))


def _palette(app: "DocqaApp") -> None:
    from docqa.tui.commands import choices

    below = app.screen

    def take(action: str | None) -> None:
        if action:
            below.call_later(below.run_action, action)

    if not isinstance(below, Dialog):
        app.push_screen(Picker(say("tui.palette"), choices(below)), take)


def _theme(app: "DocqaApp") -> None:
    def take(name: str | None) -> None:
        if name:
            app.theme = name

    names = [Choice(name, name) for name in sorted(app.available_themes)]
    app.push_screen(Picker(say("tui.themes"), names, app.theme), take)


def _history(app: "DocqaApp") -> None:
    questions = list(reversed(app.remembered.history))
    choices = [Choice(str(n), question) for n, question in enumerate(questions)]

    def take(n: str | None) -> None:
        if n is not None:
            app.chat.composer.prompt.replace_all(questions[int(n)])

    app.push_screen(Picker(say("tui_commands.history"), choices), take)


def _sessions(app: "DocqaApp", engine: "Engine") -> None:
    from docqa.tui.sessions.screen import SessionsScreen

    app.push_screen(SessionsScreen(engine, app.chat.session))


def _library(app: "DocqaApp", engine: "Engine") -> None:
    from docqa.tui.library.screen import LibraryScreen

    app.push_screen(LibraryScreen(engine))


def _table(app: "DocqaApp", engine: "Engine") -> None:
    from docqa.tui.table.screen import TableScreen

    app.push_screen(TableScreen(engine))


def _add(app: "DocqaApp", engine: "Engine") -> None:
    from docqa.tui.library.add import ask_files

    ask_files(app)


def _find(app: "DocqaApp", engine: "Engine") -> None:
    """Look for words in the conversation, and go where they stand."""
    turns = app.chat.conversation.turns
    choices = [
        Choice(str(n), turn.question, text=f"{turn.question}\n{turn.answer.text}")
        for n, turn in enumerate(turns)
    ]

    async def take(place: str | None) -> None:
        if place is not None:
            await app.chat.conversation.show_turn(turns, int(place))

    app.push_screen(Picker(say("tui_commands.find"), choices), take)


def _model(app: "DocqaApp", engine: "Engine") -> None:
    def show(found: "list[ModelChoice]") -> None:
        # Echo, which only repeats passages, comes last.
        models = sorted(found, key=lambda one: one.engine == "echo")
        choices = [
            Choice(str(n), one.name, model_words(one), one.installed)
            for n, one in enumerate(models)
        ]

        def use(model: "ModelChoice") -> None:
            engine.use_model(model)
            engine.warm_up()

        def take(n: str | None) -> None:
            if n is not None:
                app.change(lambda: use(models[int(n)]))

        app.push_screen(Picker(say("tui.models"), choices), take)

    app.background(engine.models, show)


def model_words(model: "ModelChoice") -> str:
    """What a model would be like here: whether it fits, its window and layers."""
    words = [say(f"tui_status.{model.engine}")]
    if not model.installed:
        words.append(say("tui.model_missing"))
    if model.fits is not None:
        words.append(say("tui.model_fits") if model.fits else say("tui.model_too_large"))
    if model.context:
        words.append(say("tui.model_window", window=f"{model.context:,}"))
    if gpu := gpu_words(model.engine, model.gpu_layers, model.layers):
        words.append(gpu)
    if model.note:
        words.append(model.note)
    return " · ".join(words)


def _libraries(app: "DocqaApp", engine: "Engine") -> None:
    choices = [Choice(name, name) for name in engine.libraries()]

    def take(name: str | None) -> None:
        if name:
            app.background(lambda: engine.use_library(name), lambda _: app.library_changed())

    app.push_screen(Picker(say("tui.libraries"), choices, app.library_name), take)


def _passages(app: "DocqaApp", engine: "Engine") -> None:
    def refuse(value: str) -> str:
        known = value.isascii() and value.isdigit() and 1 <= int(value) <= _MOST_PASSAGES
        return "" if known else say("tui.not_a_number", most=_MOST_PASSAGES)

    def take(value: str | None) -> None:
        if value:
            app.chat.passages = int(value)

    current = app.chat.passages or app.settings.search.k
    app.push_screen(LineDialog(say("tui.passages"), str(current), refuse=refuse), take)


def _export(app: "DocqaApp", engine: "Engine") -> None:
    if app.chat.session:
        export(app, engine, app.chat.session, "docqa")
    else:
        app.tell(say("tui.nothing_to_export"), warn=True)


_WITHOUT_ENGINE: Mapping[str, "Callable[[DocqaApp], None]"] = {
    "history": _history,
    "palette": _palette,
    "theme": _theme,
}
_PLACES: Mapping[str, "Callable[[DocqaApp, Engine], None]"] = {
    "sessions": _sessions,
    "library": _library,
    "table": _table,
    "add": _add,
    "find": _find,
    "model": _model,
    "libraries": _libraries,
    "passages": _passages,
    "export": _export,
}
