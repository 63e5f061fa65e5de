"""`docqa config`: the settings in force, where they are, and whether a file is right."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docqa import paths
from docqa.cli.common import JsonOption, line, note, print_fact, print_json, state
from docqa.errors import DocqaError, StorageError
from docqa.messages import say

if TYPE_CHECKING:
    from docqa.configuration import Loaded, Setting

app = typer.Typer()
config = typer.Typer(help=say("help_config.config"), no_args_is_help=True, rich_markup_mode=None)
app.add_typer(config, name="config")


@config.command(help=say("help_config.show"))
def show(
    ctx: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help=say("help_config.origin"))] = False,
    defaults: Annotated[bool, typer.Option("--defaults", help=say("help_config.defaults"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Print every setting as TOML, or as JSON."""
    from docqa.configuration import Loaded, known_settings
    from docqa.settings import Settings

    loaded = Loaded(Settings()) if defaults else _load(ctx)
    if as_json:
        print_json({name: _value(loaded, s) for name, s in known_settings().items()})
        return
    line(as_toml(loaded, with_comments=defaults, with_origin=origin).rstrip())


@config.command(help=say("help_config.path"))
def path(as_json: JsonOption = False) -> None:
    """Print where settings, libraries, models and the log are."""
    project = paths.project_config()
    rows = {
        "help_config.user_file": paths.user_config(),
        "help_config.project_file": project or "-",
        "help_config.presets": ", ".join(map(str, paths.preset_folders())),
        "help_config.libraries": paths.data_dir() / "libraries",
        "help_config.models": paths.models_dir(),
        "help_config.log": paths.log_file(),
    }
    if as_json:
        print_json({key.partition(".")[2]: str(place) for key, place in rows.items()})
        return
    for key, place in rows.items():
        line(f"{say(key)}: {place}")


@config.command(help=say("help_config.check"))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE")], as_json: JsonOption = False
) -> None:
    """Check a settings file without using it."""
    from docqa.configuration import read_file

    values = read_file(file)
    if as_json:
        print_json({"path": file, "settings": values})
        return
    line(say("help_config.checked", path=file, count=len(values)))


@config.command(help=say("help_config.init"))
def init(as_json: JsonOption = False) -> None:
    """Write a settings file in which every setting is explained and commented out."""
    from docqa.configuration import Loaded
    from docqa.settings import Settings

    target = paths.user_config()
    paths.private_dir(target.parent)
    content = as_toml(Loaded(Settings()), with_comments=True, commented_out=True)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise StorageError("error.not_writable", path=target, reason=error.strerror) from error
    print_fact("path", target, as_json=as_json)


@config.command("set", help=say("help_config.set"))
def set_(
    name: Annotated[str, typer.Argument(metavar="NAME", help=say("help_config.set_name"))],
    value: Annotated[str, typer.Argument(metavar="VALUE", help=say("help_config.set_value"))],
    as_json: JsonOption = False,
) -> None:
    """Write one setting into the user's file; everything else in it stays as it is."""
    from docqa.configuration import checked_value, read_file

    checked = checked_value(name, value)
    target = paths.user_config()
    paths.private_dir(target.parent)
    try:
        before = target.read_text(encoding="utf-8-sig") if target.is_file() else ""
        # Written beside and moved: a full disk leaves the old file whole.
        beside = target.with_name(target.name + ".new")
        beside.write_text(_with_value(before, name, _toml(checked)), encoding="utf-8")
        read_file(beside)
        beside.replace(target)
    except OSError as error:
        raise StorageError("error.not_writable", path=target, reason=error.strerror) from error
    if as_json:
        print_json({name: checked})
    else:
        line(f"{name} = {_toml(checked)}")
    note(say("help_config.written", path=target))


def _with_value(content: str, name: str, value: str) -> str:
    """The file with one value put where its key stands, or else at the head of its table."""
    group, _, key = name.partition(".")
    lines, inside, table = content.splitlines(), "", None
    for number, text in enumerate(lines):
        if found := re.match(r"\s*\[\s*([\w.]+)\s*\]", text):
            inside = found[1]
            table = number if inside == group else table
        elif inside == group and re.match(rf"\s*{re.escape(key)}\s*=", text):
            return "\n".join([*lines[:number], f"{key} = {value}", *lines[number + 1 :]]) + "\n"
    if table is None:
        lines += [*([""] if lines else []), f"[{group}]"]
        table = len(lines) - 1
    return "\n".join([*lines[: table + 1], f"{key} = {value}", *lines[table + 1 :]]) + "\n"


def as_toml(
    loaded: "Loaded",
    *,
    with_comments: bool = False,
    with_origin: bool = False,
    commented_out: bool = False,
) -> str:
    """The settings as a TOML file."""
    from docqa.configuration import known_settings
    from docqa.settings import Settings

    lines: list[str] = []
    group = ""
    for name, setting in known_settings().items():
        if (here := name.partition(".")[0]) != group:
            group = here
            title = getattr(Settings(), group).__doc__
            lines += ["", f"# {title}"] * with_comments or [""]
            lines.append(f"[{group}]")
        value = _value(loaded, setting)
        key = name.partition(".")[2]
        if with_comments:
            lines.append(f"# {setting.description}. ({setting.allowed})")
        unset = "# " if commented_out or value is None else ""
        origin = f"  # {loaded.origin(name)}" if with_origin else ""
        lines.append(f"{unset}{key} = {_toml(value)}{origin}")
    return "\n".join(lines).lstrip("\n") + "\n"


def _load(ctx: typer.Context) -> "Loaded":
    from docqa.configuration import Loaded, load
    from docqa.settings import Settings

    try:
        return load(preset=state(ctx).preset)
    except DocqaError as error:
        # A broken file never stops `config`: say so, and show what holds without it.
        note(f"{error}\n  {error.hint or ''}")
        return Loaded(Settings())


def _value(loaded: "Loaded", setting: "Setting") -> Any:
    group, _, key = setting.name.partition(".")
    return getattr(getattr(loaded.settings, group), key)


def _toml(value: Any) -> str:
    import json

    if value is None:
        return '""'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    # JSON writes text, numbers and booleans the way TOML reads them.
    return json.dumps(value, ensure_ascii=False)
