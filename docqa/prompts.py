"""Finds, loads and checks the prompt files; a user's file stands in for the shipped one."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from msgspec import Struct

from docqa import paths
from docqa.errors import UsageError

# Prompt -> placeholders it must have, and those it may have.
PLACEHOLDERS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "system": (frozenset(), frozenset({"refusal"})),
    "refusal": (frozenset(), frozenset()),
    "nearest": (frozenset(), frozenset()),
    "again": (frozenset({"quote"}), frozenset()),
    "passage": (frozenset({"n", "text"}), frozenset({"source"})),
    "question": (frozenset({"passages", "question"}), frozenset({"material"})),
    "short_system": (frozenset(), frozenset({"refusal"})),
    "short_passage": (frozenset({"n", "text"}), frozenset({"source"})),
    "short_question": (frozenset({"passages", "question"}), frozenset({"material"})),
    "short_task": (frozenset({"passages", "question"}), frozenset({"material"})),
    "table": (frozenset({"passages", "question"}), frozenset({"examples"})),
    "table_example": (frozenset({"line", "value"}), frozenset()),
    "tasks/classify": (frozenset({"text", "labels"}), frozenset()),
    "tasks/keywords": (frozenset({"text"}), frozenset()),
    "tasks/entities": (frozenset({"text"}), frozenset()),
    "tasks/similar": (frozenset({"first", "second"}), frozenset()),
    "tasks/follows": (frozenset({"text", "statement"}), frozenset()),
    "material": (frozenset({"material"}), frozenset()),
    "open_system": (frozenset(), frozenset()),
    "rewrite": (frozenset({"history", "question"}), frozenset()),
    "refine": (frozenset({"question", "answer", "passages"}), frozenset()),
    "summary_system": (frozenset(), frozenset()),
    "summary_whole": (frozenset(), frozenset()),
    "summary_part": (frozenset({"text"}), frozenset({"source", "part", "parts"})),
    "summary_join": (frozenset({"summary", "text"}), frozenset({"source"})),
    "summary_points": (frozenset(), frozenset()),
}


class PromptTemplate(Struct, frozen=True):
    """A checked template; what fills it is never read as a template again."""

    name: str
    template: str

    def fill(self, **values: object) -> str:
        """The prompt with its placeholders filled."""
        return self.template.format_map(values)


def load(name: str, language: str) -> PromptTemplate:
    """The prompt of this name for questions in `zh` or `en`."""
    path = paths.find("prompts", f"{name}.{language}.txt")
    return _read(name, path, path.stat().st_mtime_ns)


@cache
def _read(name: str, path: Path, _changed: int) -> PromptTemplate:
    try:
        template = path.read_text(encoding="utf-8-sig").strip()
        used = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
    except (OSError, ValueError) as error:
        raise UsageError("prompts.unreadable", path=path, reason=error) from error
    needed, allowed = PLACEHOLDERS[name]
    if unknown := used - needed - allowed:
        raise UsageError(
            "prompts.unknown_placeholder",
            path=path,
            names=_brace(unknown),
            allowed=_brace(needed | allowed),
        )
    if missing := needed - used:
        raise UsageError("prompts.missing_placeholder", path=path, names=_brace(missing))
    return PromptTemplate(name, template)


def _brace(names: set[str] | frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "-"
