"""Settings changed while docqa runs."""

from collections.abc import Mapping

import msgspec

from docqa.errors import SettingError
from docqa.settings import Settings


def changed(settings: Settings, changes: Mapping[str, object]) -> Settings:
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
