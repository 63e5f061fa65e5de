"""The first screen, in the place of an empty conversation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

import docqa
from docqa.clean import one_line
from docqa.messages import say
from docqa.tui.error_guard import ErrorGuard
from docqa.tui.home.facts import HomeFacts, find_questions, look_up
from docqa.tui.text import shorten

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp
    from docqa.types import EngineInfo, SessionInfo, Status

_LONGEST = 60
# Of a session's title; beside it stand time, turns and margins. Set by hand.
_SHORTEST, _BESIDE = 12, 34
# Rows of a terminal that has room for blank lines.
_ROOMY = 30


class Home(ErrorGuard, Vertical):
    """Library, engine, and a list of what to do: ask, go on, add."""

    class Chosen(Message):
        """A line of the list was chosen: `kind` says which, `value` what it stands for."""

        def __init__(self, kind: str, value: str) -> None:
            """Keep what was chosen."""
            super().__init__()
            self.kind, self.value = kind, value

    def __init__(self) -> None:
        """Begin with what is known without an engine."""
        super().__init__(id="home")
        self._facts: HomeFacts | None = None
        self._asked = ""

    def compose(self) -> ComposeResult:
        """What can be said at once; boxes and list come when the library is open."""
        yield Static(Content.assemble(_title(), "\n\n", say("tui_chat.welcome")), id="home-title")

    def on_mount(self) -> None:
        """Follow the application's state."""
        self._docqa = cast("DocqaApp", self.app)
        self.watch(self.app, "status", self._engine_changed, init=False)

    def look(self) -> None:
        """Look at the library again."""
        engine = self._docqa.engine
        if engine is not None and self.display:
            self._docqa.background(lambda: look_up(engine), self._show_facts, _ignore)

    async def _show_facts(self, facts: HomeFacts) -> None:
        engine = self._docqa.engine
        if not self.is_attached or engine is None:
            return
        if self._facts is None:
            await self._mount_boxes()
        old = self._facts.questions if self._facts else ()
        self._facts = replace(facts, questions=old)
        box = self.query_one("#home-library", Static)
        box.update(_library_words(self._facts))
        box.border_title = f"{say('tui_home.library')} {one_line(engine.library)}"
        # Where nothing was read yet there is no status, but there is an engine.
        self._show_engine(engine.answers_by)
        self._fill_list()
        library = f"{engine.library} {facts.documents}"
        if facts.documents and self._asked != library:
            self._asked = library
            self._docqa.background(lambda: find_questions(engine), self._show_questions, _ignore)

    async def _mount_boxes(self) -> None:
        """Put the boxes and the list in the place of the welcome."""
        library = Static("", id="home-library", classes="box")
        engine = Static("", id="home-engine", classes="box")
        engine.border_title = say("tui_home.engine")
        self.query_one("#home-title", Static).update(_title())
        await self.mount(
            Horizontal(library, engine, id="home-boxes"), OptionList(id="home-list", markup=False)
        )

    def _show_questions(self, questions: tuple[str, ...]) -> None:
        if self.is_attached and self._facts:
            self._facts = replace(self._facts, questions=questions)
            self._fill_list()

    def _engine_changed(self, status: Status | None) -> None:
        if status is not None and self._facts is not None and self.is_attached:
            self._show_engine(status.engine)

    def _show_engine(self, engine: EngineInfo) -> None:
        self.query_one("#home-engine", Static).update(_engine_words(engine))

    def _fill_list(self) -> None:
        if self._facts is None:
            return
        options = self.query_one(OptionList)
        place = options.highlighted
        options.clear_options()
        for title, lines in _groups(self._facts, self._title_room()):
            if lines:
                if options.option_count and self.app.size.height >= _ROOMY:
                    options.add_option(Option("", disabled=True))
                options.add_option(Option(Content.styled(title, "$text-muted"), disabled=True))
                options.add_options(Option(words, id=name) for name, words in lines)
        if place is not None and place < options.option_count:
            options.highlighted = place

    def _title_room(self) -> int:
        """Cells for a session's title, so that its line is one row."""
        return max(_SHORTEST, min(_LONGEST, self.app.size.width - _BESIDE))

    @on(OptionList.OptionSelected)
    def _post_choice(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        kind, _, value = (event.option.id or "").partition(":")
        self.post_message(self.Chosen(kind, value))


def _ignore(error: Exception) -> None:
    """The first screen is a courtesy: what goes wrong is said when something is asked."""


def _title() -> Content:
    return Content.assemble(
        ("◆ docqa ", "bold $text-accent"),
        (docqa.__version__, "$text-muted"),
        "   ",
        say("tui_home.tagline"),
    )


def _library_words(facts: HomeFacts) -> Content:
    if not facts.documents and not facts.failed:
        return Content(say("tui_home.empty"))
    lines = [
        Content(
            say(
                "tui_home.counts",
                documents=f"{facts.documents:,}",
                passages=f"{facts.passages:,}",
            )
        )
    ]
    states = [
        ("tui_home.partial", facts.partial, "$text-warning"),
        ("tui_home.failed", facts.failed, "$text-error"),
        ("tui_home.changed", len(facts.changed), "$text-warning"),
        ("tui_home.gone", len(facts.gone), "$text-warning"),
    ]
    if facts.embedded is not None and facts.embedded < 1:
        states.append(("tui_home.embedded", int(100 * facts.embedded), "$text-warning"))
    told = [Content.styled(say(key, count=n), colour) for key, n, colour in states if n]
    lines.append(
        Content("  ").join(told)
        if told
        else Content.styled(say("tui_home.all_read"), "$text-success")
    )
    return Content("\n").join(lines)


def _engine_words(engine: EngineInfo) -> Content:
    model = shorten(one_line(engine.model or ""), _LONGEST)
    return Content.assemble(
        (model or say(f"tui_status.{engine.kind}"), "bold"),
        "\n",
        (say(f"tui_home.why_{engine.kind}"), "$text-muted"),
    )


def _groups(facts: HomeFacts, room: int) -> list[tuple[str, list[tuple[str, Content | str]]]]:
    """Titles and lines of the list, each line with its id."""
    asking = [
        (f"ask:{one}", Content.assemble(("  ? ", "$text-accent"), one)) for one in facts.questions
    ]
    sessions = [(f"session:{one.id}", _session_words(one, room)) for one in facts.sessions]
    doing = [("go:add", say("tui_home.add"))]
    if facts.changed:
        doing.insert(0, ("reread:", say("tui_home.reread", count=len(facts.changed))))
    if not facts.documents:
        doing.append(("demo:", say("tui_home.demo")))
    if len(facts.libraries) > 1 or (facts.libraries and not facts.documents):
        doing.append(("go:libraries", say("tui_home.libraries")))
    return [
        (say("tui_home.ask_title"), list(asking)),
        (say("tui_home.sessions_title"), list(sessions)),
        (say("tui_home.do_title"), [(name, f"  + {words}") for name, words in doing]),
    ]


def _session_words(session: SessionInfo, room: int) -> Content:
    when = datetime.fromtimestamp(session.updated).astimezone()
    return Content.assemble(
        (f"  {when:%m-%d %H:%M}  ", "$text-muted"),
        shorten(one_line(session.title), room),
        (f"  {say('tui_sessions.turns', count=session.turns)}", "$text-muted"),
    )
