"""Words for what was typed wrongly: in the language in use, with the next step."""

import re
from typing import Any

from docqa.messages import say

_NO_COMMAND = re.compile(r"No such command '([^']*)'")
_QUOTED = re.compile(r"'([^']*)'")
_TOO_MANY = re.compile(r"unexpected extra argument\S* \((.*)\)")


def phrase(error: Any) -> str:
    """One of Typer's usage errors in our words; its own where it is of another kind."""
    # Typer does not export these classes, so they are recognised by name.
    match type(error).__name__:
        case "NoSuchOption":
            near = ", ".join(sorted(error.possibilities or ()))
            if near:
                return say("usage.no_option_but", option=error.option_name, near=near)
            if error.ctx is not None and error.ctx.parent is None:
                return say("usage.option_behind", option=error.option_name)
            return say("usage.no_option", option=error.option_name)
        case "MissingParameter":
            return say("usage.missing", name=_name(error))
        case "BadParameter":
            return _bad_value(error)
        case "BadOptionUsage":
            return say("usage.bad_option", option=error.option_name)
    message = str(error.format_message())
    if found := _NO_COMMAND.search(message):
        near = ", ".join(_QUOTED.findall(message, found.end()))
        if near:
            return say("usage.no_command_but", command=found[1], near=near)
        return say("usage.no_command", command=found[1])
    if found := _TOO_MANY.search(message):
        return say("usage.too_many", arguments=found[1])
    return message


def _bad_value(error: Any) -> str:
    kind = getattr(error.param, "type", None)
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is not None and most is not None:
        return say("usage.bad_number", name=_name(error), least=least, most=most)
    if least is not None:
        return say("usage.too_small", name=_name(error), least=least)
    return say("usage.bad_value", name=_name(error), reason=error.message)


def next_step(error: Any) -> str | None:
    """Where the user reads how the command is used."""
    context = getattr(error, "ctx", None)
    return say("usage.help", command=context.command_path) if context else None


def _name(error: Any) -> str:
    given = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else "")
    return (given if isinstance(given, str) else " / ".join(given)).replace("'", "")
