"""How `docqa models` shows models: those here, those known, one in detail."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from docqa.clean import clean
from docqa.cli.common import line, note, on_terminal
from docqa.cli.table import print_table
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.catalog import Installed, ModelEntry
    from docqa.engine.models.files import Entry, KnownModels
    from docqa.llm.files.identify import Description
    from docqa.types import Warned

_KINDS = {
    "chat": "models.kind_chat",
    "base": "models.kind_base",
    "embedding": "models.kind_embedding",
    "reranking": "models.kind_reranking",
}


def print_record(record: "Installed", description: "Description | None") -> None:
    """What a model file is, what to beware of, and how to use it."""
    from docqa.engine.models.files import entry_of
    from docqa.sizes import human_bytes

    entry = entry_of(record)
    title = entry.title if entry else record.entry or say("models.unknown_model")
    facts = {
        "models.field_what": title,
        "models.field_kind": say(_KINDS[record.kind]),
        "models.field_quantization": record.quantization,
        "models.field_size": human_bytes(record.size),
        "models.field_window": description.window if description else 0,
        "models.field_template": entry.template if entry else "",
        "models.field_licence": entry.licence if entry else "",
        "models.field_hash": record.sha256,
        "models.field_path": record.path,
    }
    for key, value in facts.items():
        if value:
            line(clean(f"{say(key)}: {value}"))
    print_warnings(description.warnings if description else ())
    if record.kind != "base":
        line(
            say(
                "models.added" if record.kind == "chat" else "models.added_search", name=record.name
            )
        )


def print_warnings(warnings: "Iterable[Warned]") -> None:
    """What to beware of, on standard error."""
    for warning in warnings:
        note(say("models.beware", text=say(warning.message, **warning.facts)))


def print_installed(installed: "tuple[Installed, ...]") -> None:
    """The models that are here and where they lie."""
    from docqa.sizes import human_bytes

    line(say("models.title_here" if installed else "models.nothing_here"))
    for record in installed:
        kind, size = say(_KINDS[record.kind]), human_bytes(record.size)
        line(f"  {record.name}  {kind}  {size}")
        place = "models.field_place" if record.path.exists() else "models.gone"
        line(say(place, path=record.path))


def print_catalog(known: "KnownModels", installed: "tuple[Installed, ...]") -> None:
    """The models that docqa knows, with what was published of them."""
    here = {record.entry for record in installed}
    heads: tuple[str, ...] = (
        say("models.field_name"),
        say("models.field_window"),
        "Q4_K GiB",
        "C-Eval",
        say("models.field_one_document"),
        say("models.field_here"),
    )
    rows = [_row(entry, known=entry.name in here) for entry in known.chat]
    print_table(heads, rows, right=(1, 2, 3, 4), title=say("models.title_catalog"))
    heads = (say("models.field_name"), say("models.field_kind"), say("models.field_here"))
    others = (("embedding", known.embedding), ("reranking", known.reranking))
    rows = [
        (one.name, say(_KINDS[kind]), say("models.yes") if one.name in here else "")
        for kind, entries in others
        for one in entries
    ]
    print_table(heads, rows, title=say("models.title_search"))
    if on_terminal():
        line(say("models.list_footer"))


def print_entry(entry: "Entry") -> None:
    """One model of the catalog in detail."""
    from docqa.engine.models.files import is_chat_model

    if not is_chat_model(entry):
        for field in entry.__struct_fields__:
            line(f"{field}: {getattr(entry, field)!s}")
        return

    facts = {
        "models.field_window": entry.window,
        "models.field_template": entry.template,
        "models.field_licence": entry.licence,
        "models.field_source": entry.huggingface or say("models.own_files"),
    }
    line(entry.title)
    for key, value in facts.items():
        line(f"  {say(key)}: {value}")
    for test, score in entry.scores.items():
        line(f"  {test}: {score}")
    if entry.remark:
        line(f"  {entry.remark}")
    heads = (say("models.field_quantization"), "GiB", say("models.field_perplexity"))
    rows = (
        (
            name,
            f"{'' if one.measured else '~'}{one.gib:.2f}",
            f"{one.perplexity:.3f}" if one.perplexity else "-",
        )
        for name, one in entry.quantizations.items()
    )
    print_table(heads, rows, right=(1, 2))


def _row(entry: "ModelEntry", *, known: bool) -> tuple[str, ...]:
    scores = (entry.scores.get(key) for key in ("ceval_0", "longbench_one_document"))
    return (
        entry.name,
        str(entry.window),
        f"{entry.quantizations['Q4_K'].gib:.2f}",
        *(f"{score:.1f}" if score is not None else "-" for score in scores),
        say("models.yes") if known else "",
    )
