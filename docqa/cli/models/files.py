"""`docqa models`: which models there are, which are here, and getting, checking, removing them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import asdict

from docqa.cli.common import JsonOption, line, note, print_fact, print_json
from docqa.cli.models import plan, trial
from docqa.cli.models.sheet import print_catalog, print_entry, print_installed, print_record
from docqa.cli.progress import show_transfer
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
    """Print what is here and what the catalog offers."""
    from docqa.engine.models import files

    if name:
        entry = files.find_entry(name)
        print_json(entry) if as_json else print_entry(entry)
        return
    installed, known = files.installed_models(), files.known_models()
    if as_json:
        print_json({"installed": installed, **({} if here else asdict(known))})
        return
    print_installed(installed)
    if not here:
        print_catalog(known, installed)


@models.command(help=say("help_models.add"))
def add(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=say("help_models.file"))],
    as_json: JsonOption = False,
) -> None:
    """Put a model file on record where it lies."""
    from docqa.engine.models import files

    with show_transfer(say("models.checking")) as report:
        record = files.add(path, report)
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
    from docqa.engine.models import files
    from docqa.sizes import human_bytes

    download = files.find_download(name, quantization, source)
    for failure in download.failures:
        note(say("models.other_source", reason=failure))
    record = download.here
    if record is None:
        first = download.files[0]
        if not download.is_vouched_for:
            note(say("models.no_hash"))
        if refusal := files.why_too_large(name, quantization or first.quantization):
            note(say("models.beware", text=refusal))
        stated = human_bytes(download.size) if download.size else "?"
        note(say("models.fetching", source=first.source, size=stated))
        with show_transfer(first.path) as report:
            record = files.pull(download, report)
    else:
        note(say("models.already_here", name=record.name))
    _report(record, as_json=as_json)


@models.command(help=say("help_models.verify"))
def verify(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
    as_json: JsonOption = False,
) -> int:
    """Check that model files are what they were when they came here."""
    from docqa.engine.models import files

    records = (files.find_record(name),) if name else files.installed_models()
    intact = {}
    for record in records:
        with show_transfer(record.name) as report:
            intact[record.name] = files.is_intact(record, report)
        if not as_json:
            key = "models.intact" if intact[record.name] else "models.damaged"
            line(say(key, name=record.name, path=record.path))
    if as_json:
        print_json(intact)
    elif not records:
        line(say("models.nothing_here"))
    return 0 if all(intact.values()) else 1


@models.command(help=say("help_models.remove"))
def remove(name: NameArgument, as_json: JsonOption = False) -> None:
    """Take a model off the record, and delete its files if docqa fetched them."""
    from docqa.engine.models import files

    record = files.find_record(name)
    deleted = files.remove(record)
    if as_json:
        print_json({"removed": record.name, "path": record.path, "deleted": deleted})
        return
    key = "models.removed_files" if deleted else "models.removed_record"
    line(say(key, name=record.name, path=record.path))


@models.command(help=say("help_models.path"))
def path(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help=say("help_models.name"))] = "",
    as_json: JsonOption = False,
) -> None:
    """Print where a model is, or the folder of all."""
    from docqa import paths
    from docqa.engine.models.files import find_record

    place = find_record(name).path if name else paths.models_dir()
    print_fact("path", place, as_json=as_json)


models.command("plan", help=say("help_models.plan"))(plan.plan)
models.command("test", help=say("help_models.test"))(trial.test)


def _report(record: "Installed", *, as_json: bool) -> None:
    from docqa.engine.models.files import describe

    description = describe(record)
    if not as_json:
        print_record(record, description)
        return
    warnings = description.warnings if description else ()
    print_json({"model": record, "warnings": [say(w.message, **w.facts) for w in warnings]})
