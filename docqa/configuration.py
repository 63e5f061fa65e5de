"""Fills the settings: flags > environment > project file > user file > preset > defaults."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct, field

from docqa import paths
from docqa.errors import SettingError
from docqa.messages import say
from docqa.registries.engines import ENGINES
from docqa.settings import FOR_PROJECTS, Settings

_PREFIX = "DOCQA_"
DEFAULTS = "default"
FLAG = "flag"


class Setting(Struct, frozen=True):
    """One setting as documented: `group.field`, its type, limits and default."""

    name: str
    type: Any
    default: object
    description: str
    for_projects: bool
    """Whether a project's file may set it."""

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return _PREFIX + self.name.replace(".", "_").upper()

    @property
    def allowed(self) -> str:
        """The values it may take, in words of a settings file."""
        return _allow(self.type)

    @property
    def may_be_unset(self) -> bool:
        """Whether it may hold no value at all."""
        return type(None) in _options(self.type)


class Loaded(Struct, frozen=True):
    """Settings and where each value that is not a default came from."""

    settings: Settings
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        """Where the value of `group.field` came from."""
        return self.origins.get(name, DEFAULTS)


@cache
def known_settings() -> Mapping[str, Setting]:
    """Every setting by its name, in the order of the groups."""
    return MappingProxyType({setting.name: setting for setting in _describe()})


def load(flags: Mapping[str, object] | None = None, preset: str | None = None) -> Loaded:
    """Settings from all layers, each value checked where it stands."""
    layers: list[tuple[str, Mapping[str, object]]] = []
    user, project = paths.user_config(), paths.project_config()
    user_values = read_file(user) if user.is_file() else {}
    project_values = read_file(project, project=True) if project else {}
    by_project = project_values.pop("preset", None)
    named = (
        preset,
        os.environ.get(_PREFIX + "PRESET"),
        by_project,
        user_values.pop("preset", None),
    )
    chosen = next((str(name) for name in named if name), None)
    if chosen:
        is_projects = not any(named[:2]) and bool(by_project)
        layers.append((f"preset {chosen}", _preset(chosen, project=is_projects)))
    layers.append((str(user), user_values))
    layers.append((str(project), project_values))
    layers.append(("environment", _environment()))
    layers.append((FLAG, {k: v for k, v in (flags or {}).items() if v is not None}))
    return _merge(layers)


def checked_value(name: str, text: str) -> object:
    """A value as typed by the user, checked against the setting; SettingError where it is wrong."""
    source = say("error.command_line")
    setting = known_settings().get(name)
    return _check(source, name, _from_text(text, setting) if setting else text)


def read_file(path: Path, *, project: bool = False) -> dict[str, object]:
    """The values of a settings file as `group.field`, each checked against its type."""
    try:
        content = path.read_text(encoding="utf-8-sig")
        tables = tomllib.loads(content)
    except OSError as error:
        raise SettingError("error.setting_file_missing", path=path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError("error.setting_syntax", origin=path, reason=error) from error
    values: dict[str, object] = {}
    for name, value in _flatten(tables):
        origin = f"{path}:{_line(content, name)}"
        if name == "preset":
            values[name] = value
            continue
        checked = _check(origin, name, value)
        if project and not _may_project_set(name, checked):
            raise SettingError(
                "error.setting_not_here", origin=origin, name=name, user_file=paths.user_config()
            )
        values[name] = checked
    return values


def _may_project_set(name: str, value: object) -> bool:
    if name == "library.name":
        # A path could lead anywhere: what is read would be written there.
        return str(value) != "" and not paths.is_path(str(value))
    if name == "model.engine":
        return not any(value == kind and engine.sends for kind, engine in ENGINES.items())
    if name == "ingest.jobs":
        return isinstance(value, int) and value <= (os.cpu_count() or 1)
    return known_settings()[name].for_projects


def _preset(name: str, *, project: bool) -> dict[str, object]:
    # A name and never a path: a project's file could reach any file by it.
    known = paths.presets()
    if name not in known:
        raise SettingError("error.preset_unknown", name=name, known=", ".join(known))
    file = paths.find("configs", f"{name}.toml")
    # A project may choose among the presets that ship; one of the user's may open connections.
    return read_file(file, project=project and file.parent != paths.find_shipped("configs"))


def _merge(layers: list[tuple[str, Mapping[str, object]]]) -> Loaded:
    values: dict[str, dict[str, object]] = {}
    origins: dict[str, str] = {}
    for origin, layer in layers:
        for name, value in layer.items():
            group, _, key = name.partition(".")
            values.setdefault(group, {})[key] = _check(origin, name, value)
            origins[name] = known_settings()[name].variable if origin == "environment" else origin
    return Loaded(msgspec.convert(values, Settings), origins)


def _environment() -> dict[str, object]:
    found: dict[str, object] = {}
    by_variable = {setting.variable: setting for setting in known_settings().values()}
    groups = tuple(f"{_PREFIX}{group.upper()}_" for group in Settings.__struct_fields__)
    for variable, text in os.environ.items():
        if setting := by_variable.get(variable):
            found[setting.name] = _check(variable, setting.name, _from_text(text, setting))
        elif variable.startswith(groups):
            group, _, key = variable.removeprefix(_PREFIX).lower().partition("_")
            _check(variable, f"{group}.{key}", text)
    return found


def _from_text(text: str, setting: Setting) -> object:
    # Only text settings take the variable as it stands; the others are written as in a file.
    bare = _bare(setting.type)
    if bare is str or str in _options(bare):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _check(origin: str, name: str, value: object) -> object:
    setting = known_settings().get(name)
    if setting is None:
        nearest = difflib.get_close_matches(name, known_settings(), n=1, cutoff=0.0)
        raise SettingError("error.setting_unknown", origin=origin, name=name, nearest=nearest[0])
    if value == "" and setting.may_be_unset:
        # `config show` prints "" for what is not set, and TOML has no other word for it.
        return None
    try:
        return msgspec.convert(value, setting.type)
    except msgspec.ValidationError as error:
        source = say("error.command_line") if origin == FLAG else origin
        facts = {"origin": source, "name": name, "value": repr(value), "allowed": setting.allowed}
        raise SettingError("error.setting_value", **facts) from error


def _flatten(tables: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    groups = Settings.__struct_fields__
    for name, value in tables.items():
        if isinstance(value, dict) and name in groups:
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _line(content: str, name: str) -> int:
    group, _, key = name.rpartition(".")
    inside = ""
    for number, line in enumerate(content.splitlines(), 1):
        if table := re.match(r"\s*\[\s*([\w.\-\"]+)\s*\]", line):
            inside = table[1]
        if re.match(rf"\s*\"?{re.escape(key)}\"?\s*(=|\.)", line) and inside == group:
            return number
        if re.match(rf"\s*(\[\s*)?{re.escape(name)}\s*(\]|=)", line):
            return number
    return 1


def _describe() -> Iterator[Setting]:
    for group in msgspec.structs.fields(Settings):
        hints = get_type_hints(group.type, include_extras=True)
        for item in msgspec.structs.fields(group.type):
            annotated = hints[item.name]
            metas = [meta for meta in _metas(annotated) if isinstance(meta, Meta)]
            default = item.default_factory() if callable(item.default_factory) else item.default
            yield Setting(
                name=f"{group.name}.{item.name}",
                type=annotated,
                default=default,
                description=next((m.description for m in metas if m.description), ""),
                for_projects=f"{group.name}.{item.name}" in FOR_PROJECTS,
            )


def _metas(annotated: Any) -> tuple[Any, ...]:
    return tuple(getattr(annotated, "__metadata__", ()))


def _bare(kind: Any) -> Any:
    return kind.__origin__ if _metas(kind) else kind


def _options(kind: Any) -> tuple[Any, ...]:
    """The types of a union; none where it is none."""
    bare = _bare(kind)
    # Python has two forms of the same: `int | None` and, where one part carries limits, Union.
    return get_args(bare) if get_origin(bare) in (Union, UnionType) else ()


def _allow(kind: Any) -> str:
    bare = _bare(kind)
    if options := _options(bare):
        return " | ".join(say("error.unset") if o is type(None) else _allow(o) for o in options)
    if bare in (str, int, float, bool):
        words = {
            str: say("error.text"),
            int: say("error.whole_number"),
            float: say("error.number"),
            bool: "true | false",
        }[bare]
        limits = [f">= {m.ge}" for m in _metas(kind) if isinstance(m, Meta) and m.ge is not None]
        limits += [f"<= {m.le}" for m in _metas(kind) if isinstance(m, Meta) and m.le is not None]
        return " ".join((words, *limits))
    if get_origin(bare) is tuple:
        return say("error.texts")
    return (
        say("error.text_table")
        if get_origin(bare) is dict
        else " | ".join(map(str, get_args(bare)))
    )


def change_settings(settings: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with `group_field` values replaced and checked."""
    values: dict[str, dict[str, object]] = msgspec.to_builtins(settings)
    for name, value in changes.items():
        group, _, field = name.partition("_")
        if group not in values or field not in values[group]:
            raise SettingError("error.setting_unknown", origin="-", name=name, nearest=group)
        values[group][field] = value
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        facts = {"name": ", ".join(changes), "value": changes, "allowed": error}
        raise SettingError("error.setting_value", origin="-", **facts) from error
