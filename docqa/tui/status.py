"""The line at the bottom: library, engine, model, GPU, window, speed, ingest."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from docqa.clean import one_line
from docqa.messages import say
from docqa.tui.text import shorten

if TYPE_CHECKING:
    from docqa.tui.app import DocqaApp
    from docqa.types import EngineKind, IngestStep, Status

_LONGEST = 24


class StatusBar(Widget):
    """Says what the application knows of its engine; follows it by itself."""

    can_focus = False

    def on_mount(self) -> None:
        """Repaint whenever the application learns something."""
        for name in ("status", "loading", "ingest_step", "open_mode", "speed", "answering"):
            self.watch(self.app, name, self._repaint, init=False)

    def render(self) -> RenderResult:
        """The parts with a bar between them."""
        app = cast("DocqaApp", self.app)
        parts = [app.loading] if app.loading else []
        parts += _facts(app.status, app.speed) if app.status else []
        if app.status:
            parts.insert(1, say("tui_status.open" if app.open_mode else "tui_status.strict"))
        elif app.engine and not app.loading:
            parts.append(say("tui.no_library", name=app.library_name))
        if app.ingest_step:
            parts.insert(0, ingest_words(app.ingest_step))
        if app.answering:
            parts.insert(0, say("tui_status.answering"))
        return Content(" │ ".join(one_line(part) for part in parts))

    def _repaint(self) -> None:
        self.refresh()


def ingest_words(step: IngestStep) -> str:
    """Where an ingest stands, in a few words."""
    if step.message:
        return say("tui_status.deriving", done=step.done, total=step.total or "?")
    total = step.total or "?"
    words = say("tui_status.ingest", done=step.done, total=total)
    if step.file is not None:
        words += f" {shorten(step.file.path.name, _LONGEST)}"
    return words


def gpu_words(kind: EngineKind, layers: int | None, total: int | None) -> str:
    """`GPU n/m` or `CPU only`; empty for engines without layers."""
    if kind != "llama":
        return ""
    if not layers:
        return say("tui_status.cpu")
    return say("tui_status.gpu", layers=layers, total=total or "?")


def _facts(status: Status, speed: float) -> list[str]:
    engine = status.engine
    facts = [
        say(
            "tui_status.library",
            name=shorten(status.library, _LONGEST),
            passages=f"{status.passages:,}",
        ),
        PurePath(engine.model).name if engine.model else say(f"tui_status.{engine.kind}"),
    ]
    if gpu := gpu_words(engine.kind, engine.gpu_layers, engine.layers):
        facts.append(gpu)
    if engine.context and status.window_used:
        share = round(100 * status.window_used / engine.context)
        facts.append(say("tui_status.window", share=share))
    # Quotes come at once: their pace says nothing.
    if engine.kind != "quotes" and (speed := speed or status.tokens_per_second or 0.0):
        facts.append(say("tui_status.speed", speed=f"{speed:,.1f}"))
    if status.reading:
        facts.append(status.reading)
    return facts
