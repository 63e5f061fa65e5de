"""What is being asked: the prompt, the documents it is limited to, and material pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from docqa.messages import say
from docqa.tui.chat.completion import Completion
from docqa.tui.chat.prompt import History, Prompt
from docqa.tui.chat.scope import Chip, ScopeBar
from docqa.tui.error_guard import ErrorGuard

if TYPE_CHECKING:
    from docqa.types import DocumentInfo

_PASTED, _EDITING = "\0pasted", "\0editing"
# Words that people type to leave; alone, they are no question.
_LEAVING = frozenset({"exit", "quit", ":q", ":quit", "退出"})
_COMMAND = re.compile(r"[/／]([^\s/／]*)")
_NAMED = re.compile(r"[@＠]([^\s@＠]+)\s+(?=\S)")


class Composer(ErrorGuard, Vertical):
    """Prompt, chips and completion; keeps scope and material until they are taken away."""

    class Sent(Message):
        """A question is to be asked."""

        def __init__(self, text: str) -> None:
            """Keep the question as it was typed."""
            super().__init__()
            self.text = text

    class Commanded(Message):
        """A command was typed behind a slash."""

        def __init__(self, command: str) -> None:
            """Keep its name."""
            super().__init__()
            self.command = command

    def __init__(self, draft: str, history: Sequence[str], documents: Sequence[str] = ()) -> None:
        """Begin with an unsent draft, earlier questions, and a scope."""
        super().__init__(id="composer")
        self.documents = list(documents)
        self.pasted = ""
        self.editing = False
        """Whether the last question is being edited, to be asked in its own place."""
        self._draft = draft
        self._questions = list(history)
        self._history = History(history)

    def compose(self) -> ComposeResult:
        """The list of documents opens above the chips."""
        yield Completion()
        yield ScopeBar()
        yield Prompt()

    async def on_mount(self) -> None:
        """Put the caret behind what was typed last time."""
        self.prompt.replace_all(self._draft)
        self.prompt.focus()
        await self.show_chips()

    @property
    def prompt(self) -> Prompt:
        """Where the question is typed."""
        return self.query_one(Prompt)

    @property
    def busy(self) -> bool:
        """Whether Escape has something to close here."""
        return self.prompt.completing or self.editing

    def know(self, documents: Sequence[DocumentInfo]) -> None:
        """Complete the names of these documents."""
        self.query_one(Completion).use(documents)

    async def edit(self, question: str) -> None:
        """Put an asked question back into the prompt."""
        self.editing = True
        self.prompt.replace_all(question)
        self.prompt.focus()
        await self.show_chips()

    async def close(self) -> bool:
        """Close the list or stop editing, whichever is open; tell whether anything was."""
        if self.prompt.completing:
            self.prompt.completing = self.query_one(Completion).offer(None)
            return True
        if self.editing:
            self.editing = False
            self.prompt.replace_all("")
            await self.show_chips()
            return True
        return False

    async def forget_sent(self, sent: str) -> None:
        """Forget what is being asked now; scope and what was typed since stay."""
        self._questions.append(sent.strip())
        self._history = History(self._questions)
        self.prompt.replace_all(self.prompt.text.removeprefix(sent))
        self.pasted, self.editing = "", False
        await self.show_chips()

    async def limit_to(self, document: str) -> None:
        """Ask this document from now on, beside those already chosen."""
        if document not in self.documents:
            self.documents.append(document)
        await self.show_chips()

    async def show_chips(self) -> None:
        """Show what goes along with the question."""
        chips = [(name, f"@{PurePath(name).name}") for name in self.documents]
        if self.pasted:
            chips.append((_PASTED, say("tui_chat.pasted", count=len(self.pasted))))
        if self.editing:
            chips.append((_EDITING, say("tui_chat.editing")))
        await self.query_one(ScopeBar).show(chips)

    @on(Prompt.Sent)
    async def _send(self, event: Prompt.Sent) -> None:
        event.stop()
        completion = self.query_one(Completion)
        text = event.text.strip()
        if self.prompt.completing and completion.picked:
            await self._take(completion.picked)
        elif text.lower() in _LEAVING:
            self._command("quit")
        elif command := _COMMAND.fullmatch(text):
            self._carry_out(command[1])
        elif not text:
            if self.pasted or self.documents:
                self.notify(say("tui_chat.no_question"), markup=False)
        elif named := _NAMED.match(text):
            await self._take_mention(named[1], text[named.end() :])
        else:
            self.post_message(self.Sent(event.text))

    async def _take_mention(self, name: str, question: str) -> None:
        """Ask the document that was named and not picked, if there is just one such."""
        found = self.query_one(Completion).match(name)
        if len(found) == 1:
            self.prompt.replace_all(question)
            await self.limit_to(found[0])
            self.post_message(self.Sent(question))
            return
        key = "tui_chat.several_documents" if found else "tui_chat.no_document"
        words = say(key, name=name, count=len(found))
        self.notify(words, severity="warning", markup=False)

    def _carry_out(self, typed: str) -> None:
        """The command of this very name, also where it was typed before the list could open."""
        from docqa.tui.commands import find_slash

        name = typed.lower()
        if any(one.name == name for one in find_slash(name)):
            self._command(name)
        else:
            self.notify(say("tui_chat.no_command", name=typed), markup=False)

    def _command(self, name: str) -> None:
        self.prompt.replace_all("")
        self.post_message(self.Commanded(name))

    @on(Prompt.Mentioning)
    def _complete(self, event: Prompt.Mentioning) -> None:
        completion = self.query_one(Completion)
        if command := _COMMAND.fullmatch(self.prompt.text):
            self.prompt.completing = completion.offer_commands(command[1])
        else:
            self.prompt.completing = completion.offer(event.beginning)

    @on(Prompt.Moving)
    def _move(self, event: Prompt.Moving) -> None:
        if self.prompt.completing:
            self.query_one(Completion).move(event.step)
        elif (question := self._history.move(event.step, self.prompt.text)) is not None:
            self.prompt.replace_all(question)

    @on(Prompt.PastedMuch)
    async def _take_material(self, event: Prompt.PastedMuch) -> None:
        self.pasted = event.text
        self.notify(say("tui_chat.pasted_much"), markup=False)
        await self.show_chips()

    @on(Prompt.ErasedAtStart)
    async def _drop_last_chip(self) -> None:
        if self.pasted:
            self.pasted = ""
        elif self.documents:
            self.documents.pop()
        await self.show_chips()

    @on(Completion.OptionSelected)
    async def _take_clicked(self, event: Completion.OptionSelected) -> None:
        event.stop()
        if event.option.id:
            await self._take(event.option.id)

    @on(Chip.Removed)
    async def _drop_chip(self, event: Chip.Removed) -> None:
        if event.name == _PASTED:
            self.pasted = ""
        elif event.name == _EDITING:
            self.editing = False
        else:
            self.documents.remove(event.name)
        await self.show_chips()

    async def _take(self, document: str) -> None:
        if command := Completion.command_of(document):
            self._command(command)
            return
        self.prompt.drop_mention()
        await self.limit_to(document)
