"""`docqa models`: which models there are, which are here, and getting, checking, removing them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docqa.cli.common import JsonOption, line, note, print_json
from docqa.cli.models import plan, trial
from docqa.cli.models.sheet import print_catalogue, print_entry, print_installed, print_record
from docqa.cli.progress import show_transfer
from docqa.errors import DoesNotFit, UnknownModel, UsageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.catalog import Installed

app = typer.Typer()
models = typer.Typer(help=say("help_models.models"), no_args_is_help=True, rich_markup_mode=None)
app.add_typer(models, name="models")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=say("help_models.name"))]


@models.command("list", help=say("help_models.list"))
def list_models(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
    here: Annotated[bool, typer.Option("--installed", help=say("help_models.installed"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what is here and what the catalogue offers."""
    from docqa import catalog

    installed = catalog.installed()
    if name:
        entry = catalog.find_any(name)
        if entry is None:
            raise UnknownModel(name=name, nearest=catalog.nearest(name))
        print_json(entry) if as_json else print_entry(entry)
        return
    if as_json:
        known = {} if here else {
            "chat": catalog.catalog(),
            "embedding": catalog.embedders(),
            "reranking": catalog.rerankers(),
        }  # fmt: skip
        print_json({"installed": installed, **known})
        return
    print_installed(installed)
    if not here:
        print_catalogue(installed)


@models.command(help=say("help_models.add"))
def add(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_models.file"))],
    as_json: JsonOption = False,
) -> None:
    """Put a model file on record where it lies."""
    from docqa.llm.files import install

    with show_transfer(say("models.checking")) as report:
        record = install.add(path, report=report)
    _report(record, as_json=as_json)


@models.command(help=say("help_models.pull"))
def pull(
    name: NameArgument,
    quantization: Annotated[
        str, typer.Option("--quant", "-q", metavar="Q", help=say("help_models.quant"))
    ] = "",
    source: Annotated[
        str, typer.Option("--source", metavar="HUB", help=say("help_models.source"))
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Fetch a model and put it on record."""
    from docqa.llm.files import install
    from docqa.sizes import human_bytes

    if source and source not in install.SOURCES:
        allowed = " | ".join(install.SOURCES)
        raise UsageError("models.unknown_source", source=source, allowed=allowed)
    want = install.wanted(name, quantization)
    files, failures = install.locate(want, source)
    for failure in failures:
        note(say("models.other_source", reason=failure))
    record = install.already_here(files)
    if record is None:
        size = sum(file.size or 0 for file in files)
        if want.quantizations and not files[0].sha256:
            note(say("models.no_hash"))
        _warn_if_too_large(name, quantization or files[0].quantization)
        stated = human_bytes(size) if size else "?"
        note(say("models.fetching", source=files[0].source, size=stated))
        with show_transfer(files[0].path) as report:
            record = install.pull(want, files, report)
    else:
        note(say("models.already_here", name=record.name))
    _report(record, as_json=as_json)


@models.command(help=say("help_models.verify"))
def verify(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
    as_json: JsonOption = False,
) -> int:
    """Check that model files are what they were when they came here."""
    from docqa import catalog
    from docqa.llm.files import install

    records = (_record(name),) if name else catalog.installed()
    intact = {}
    for record in records:
        with show_transfer(record.name) as report:
            intact[record.name] = install.is_intact(record, report)
        if not as_json:
            key = "models.intact" if intact[record.name] else "models.damaged"
            line(say(key, name=record.name, path=record.path))
    if as_json:
        print_json(intact)
    elif not records:
        line(say("models.nothing_here"))
    return 0 if all(intact.values()) else 1


@models.command(help=say("help_models.remove"))
def remove(name: NameArgument) -> None:
    """Take a model off the record, and delete its files if docqa fetched them."""
    from docqa.llm.files import install

    record = _record(name)
    gone = install.remove(record)
    key = "models.removed_files" if gone else "models.removed_record"
    line(say(key, name=record.name, path=record.path))


@models.command(help=say("help_models.path"))
def path(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
) -> None:
    """Print where a model is, or the folder of all."""
    from docqa import paths

    line(str(_record(name).path if name else paths.models_dir()))


models.command("plan", help=say("help_models.plan"))(plan.plan)
models.command("test", help=say("help_models.test"))(trial.test)


def _record(name: str) -> "Installed":
    from docqa import catalog

    wanted = catalog.plain(name)
    records = catalog.installed()
    found = [r for r in records if wanted in (catalog.plain(r.name), catalog.plain(r.entry))]
    found = found or [r for r in records if r.path == Path(name).expanduser().absolute()]
    if not found:
        known = ", ".join(record.name for record in records) or "-"
        raise UsageError("models.not_on_record", name=name, known=known)
    if len(found) > 1 and (exact := [r for r in found if catalog.plain(r.name) == wanted]):
        found = exact
    if len(found) > 1:
        raise UsageError(
            "models.several", name=name, known=", ".join(record.name for record in found)
        )
    return found[0]


def _report(record: "Installed", *, as_json: bool) -> None:
    from docqa.llm.files.identify import identify

    description = identify(record.path) if record.path.is_file() else None
    if not as_json:
        print_record(record, description)
        return
    warnings = description.warnings if description else ()
    print_json({"model": record, "warnings": [say(w.message, **w.facts) for w in warnings]})


def _warn_if_too_large(name: str, quantization: str) -> None:
    """Say before a long download that the model cannot run here."""
    from docqa import catalog
    from docqa.llm.fit import machine
    from docqa.llm.fit.footprint import of_entry
    from docqa.llm.fit.plan import Wish, choose

    entry = catalog.find_entry(name)
    known = quantization.upper().removesuffix("_M")
    if entry is None or known not in entry.quantizations:
        return
    try:
        choose(of_entry(entry, known), machine.look(), Wish(), name=entry.title)
    except DoesNotFit as error:
        note(say("models.beware", text=error))
