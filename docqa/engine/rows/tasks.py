"""Does a task with every document: labels it, finds words and names in it, compares it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from docqa import prompts
from docqa.answer.tasks import export
from docqa.answer.tasks.export import heads, lines_of
from docqa.answer.tasks.task import Finding, Given, Outcome, Target, Task, Tools
from docqa.engine.rows.row_engine import RowEngine, Steps
from docqa.errors import UsageError
from docqa.registries.tasks import TASKS
from docqa.settings import Settings
from docqa.types import (
    UNLIMITED,
    Cancelled,
    DocumentInfo,
    DocumentLimits,
    Passage,
    ReportProgress,
    SearchRequest,
    Warned,
)

if TYPE_CHECKING:
    from docqa.llm.embeddings.embedder import Embedder

__all__ = [
    "Given",
    "Outcome",
    "TaskEngine",
    "heads",
    "lines_of",
    "open_task",
    "task_text",
    "write_task",
]

# What a rule looks through of one document; about 200 printed pages.
_MOST_PASSAGES = 800
_FOUND = 4
_MOST_LABELS = 50


def open_task(name: str, given: Given) -> Task:
    """The task of this name; UsageError where there is none, or it lacks what it needs."""
    entry = TASKS.get(name)
    if entry is None:
        raise UsageError("task.unknown", name=name, known=", ".join(TASKS))
    if entry.needs == "text" and not given.text.strip():
        raise UsageError("task.needs_text", name=name)
    if entry.needs == "labels":
        _check_labels(name, given.labels)
    task: Task = entry.load()()
    return task


def _check_labels(name: str, labels: Sequence[str]) -> None:
    if len(labels) < 2:
        raise UsageError("task.needs_labels", name=name)
    if len(labels) > _MOST_LABELS:
        raise UsageError("task.too_many_labels", count=len(labels), most=_MOST_LABELS)
    if twice := next((one for one in labels if labels.count(one) > 1), None):
        raise UsageError("task.label_twice", label=twice)


def task_text(name: str, task: Task, outcomes: Sequence[Outcome], form: str) -> str:
    """What was found as text: csv or json."""
    if form == "json":
        whole = msgspec.json.encode(export.as_json(name, outcomes))
        return msgspec.json.format(whole).decode() + "\n"
    return export.as_csv(task.columns, outcomes)


def write_task(name: str, task: Task, outcomes: Sequence[Outcome], form: str, path: Path) -> None:
    """Write what was found: csv, json or xlsx."""
    if form == "xlsx":
        export.write_xlsx(task.columns, outcomes, path)
        return
    # Excel takes a file without a mark for one in the system's own encoding.
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    path.write_text(task_text(name, task, outcomes, form), encoding=encoding)


class TaskEngine(RowEngine):
    """An engine that does tasks."""

    _embedder: "Embedder | None" = None

    def __init__(
        self, settings: Settings, library: str | None = None, report: ReportProgress | None = None
    ) -> None:
        """Nothing is tried or opened yet."""
        super().__init__(settings, library, report)
        self._able: dict[str, bool] = {}

    def outcomes(
        self,
        name: str,
        given: Given,
        scope: Sequence[str],
        cancelled: Cancelled,
        *,
        limits: DocumentLimits = UNLIMITED,
        anew: bool = False,
        jobs: int = 0,
    ) -> Steps[Outcome]:
        """Documents as they are finished, each with its number and how many there will be."""
        task = open_task(name, given)
        tools = self._tools(task, cancelled)
        yield from self._rows(
            self.documents_within(scope, limits),
            Outcome,
            {"task": name, "given": msgspec.to_builtins(given), "prompts": _prompts_of(name)},
            lambda info: Outcome(info.path, tuple(self._find(task, info, given, tools))),
            lambda info, reason: Outcome(info.path, error=reason),
            cancelled,
            anew=anew,
            jobs=jobs,
        )

    def close(self) -> None:
        """Close the embedder too."""
        if self._embedder is not None:
            self._embedder.close()
            self._embedder = None
        super().close()

    def _find(self, task: Task, info: DocumentInfo, given: Given, tools: Tools) -> list[Finding]:
        is_writing = tools.complete is not None and self._is_able(task, tools)
        work = task.by_model if is_writing else task.by_rules
        return work(self._target(info), given, tools)

    def _is_able(self, task: Task, tools: Tools) -> bool:
        """Whether the model can do the task, tried once; the user hears where not."""
        name = type(task).__name__
        if name not in self._able:
            self._able[name] = task.is_able(tools)
            if not self._able[name]:
                self._notices.push(Warned("task.rules_instead"))
        return self._able[name]

    def _target(self, info: DocumentInfo) -> Target:
        def find(text: str) -> Sequence[Passage]:
            request = SearchRequest(text, k=_FOUND, scope=(info.path,))
            return [one.passage for one in self.search(request).found]

        passages = self._opened.library.passages_of(info.id, 0, _MOST_PASSAGES - 1)
        title = info.title or Path(info.path).stem
        return Target(info.path, title, tuple(passages), find)

    def _tools(self, task: Task, cancelled: Cancelled) -> Tools:
        def complete(prompt: str, schema: Mapping[str, object]) -> str:
            return "".join(self.complete([("user", prompt)], None, cancelled, schema))

        return Tools(
            complete=complete if self.writes else None,
            embed=self._embedding() if task.uses_vectors else None,
        )

    def _embedding(self) -> "Callable[[Sequence[str]], Sequence[Sequence[float]]] | None":
        """What gives vectors of texts, where an embedder is installed."""
        # Imported here: few tasks compare meanings.
        from docqa.llm.embeddings.factory import open_embedder

        self._embedder = self._embedder or open_embedder(self._settings.embedding)
        embedder = self._embedder
        return None if embedder is None else lambda texts: embedder.embed_documents(list(texts))


def _prompts_of(name: str) -> list[str]:
    return [prompts.load(f"tasks/{name}", language).template for language in ("zh", "en")]
