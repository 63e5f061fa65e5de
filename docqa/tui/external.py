"""The user's own editor and pager, with the screen lent to them."""

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from textual.app import App, SuspendNotSupported

from docqa.errors import DocqaError, UsageError

_EDITORS = ("nano", "vim", "vi")
_PAGERS = ("less", "more")


def edit(app: App[None], text: str) -> str:
    """The text as the user's editor leaves it."""
    with tempfile.TemporaryDirectory(prefix="docqa-") as folder:
        file = Path(folder) / "question.md"
        file.write_text(text, encoding="utf-8")
        _run(app, _program(("VISUAL", "EDITOR"), _EDITORS, "tui.no_editor"), file)
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")


def page(app: App[None], text: str) -> None:
    """Show text in the user's pager."""
    with tempfile.TemporaryDirectory(prefix="docqa-") as folder:
        file = Path(folder) / "docqa.md"
        file.write_text(text, encoding="utf-8")
        _run(app, _program(("PAGER",), _PAGERS, "tui.no_pager"), file)


def _program(variables: tuple[str, ...], known: tuple[str, ...], missing: str) -> list[str]:
    for variable in variables:
        if words := shlex.split(os.environ.get(variable, "")):
            return words
    for name in known:
        if shutil.which(name):
            return [name]
    raise UsageError(missing)


def _run(app: App[None], program: list[str], file: Path) -> None:
    try:
        with app.suspend():
            subprocess.run([*program, str(file)], check=False)
    except (OSError, SuspendNotSupported) as error:
        raise DocqaError("tui.program_failed", program=program[0], reason=error) from error
