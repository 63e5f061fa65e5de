"""The words around a command's help, which Typer knows in English only."""

import re
from typing import Any

from docqa.messages import language, say

# What Typer writes, as a pattern, and the message that stands in its place.
_FRAME = {
    r"^Usage: ": "help_frame.usage",
    r"(?<= )\[OPTIONS\](?= |$)": "help_frame.some_options",
    r"(?<= )COMMAND \[ARGS\]\.\.\.$": "help_frame.a_command",
    r"^Arguments:$": "help_frame.arguments",
    r"^Options:$": "help_frame.options",
    r"^Commands:$": "help_frame.commands",
    r"Show this message and exit\.": "help_frame.help",
    r"\[required\]": "help_frame.required",
    # A line may end after the colon.
    r"\[default:(?: |$)": "help_frame.default",
    r"; default:(?: |$)": "help_frame.also_default",
    r"\[env var:(?: |$)": "help_frame.variable",
}


def in_language(command: Any) -> Any:
    """The command, with help whose frame is in the language in use; its subcommands as well."""
    if language() == "en":
        return command
    written = command.get_help
    command.get_help = lambda ctx: _reword(written(ctx))
    subcommands = getattr(command, "commands", None)
    # The root has a lazy table in its place, which does the same to each that is looked up.
    if isinstance(subcommands, dict):
        for sub in subcommands.values():
            in_language(sub)
    return command


def _reword(text: str) -> str:
    for pattern, message in _FRAME.items():
        text = re.sub(pattern, say(message), text, flags=re.MULTILINE)
    return text
