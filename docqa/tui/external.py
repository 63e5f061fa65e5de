"""The user's own editor and pager, with the screen lent to them."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from textual.app import App, SuspendNotSupported

from docqa.errors import DocqaError, UsageError

# How viewers are told a page; the first one installed is used.
_PDF_VIEWERS = (
    ("evince", ("--page-index={page}", "{file}")),
    ("okular", ("--page", "{page}", "{file}")),
    ("zathura", ("--page={page}", "{file}")),
    ("mupdf", ("{file}", "{page}")),
    ("SumatraPDF", ("-page", "{page}", "{file}")),
)
_OPENERS = ("xdg-open", "open", "wslview")
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


def view(file: Path, page: int | None) -> None:
    """Open a file in a viewer of the system, a PDF at its page where the viewer can do that."""
    command = _viewer(file, page)
    if command:
        try:
            viewer = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise DocqaError("tui.program_failed", program=command[0], reason=error) from error
        # It stays open beside docqa; its end is only taken note of.
        threading.Thread(target=viewer.wait, daemon=True).start()
    elif sys.platform == "win32":
        os.startfile(file)
    else:
        raise UsageError("tui.no_viewer", file=file)


def _viewer(file: Path, page: int | None) -> list[str]:
    """The command that shows a file; empty where there is none."""
    if file.suffix.lower() == ".pdf" and page is not None:
        for name, arguments in _PDF_VIEWERS:
            if program := shutil.which(name):
                return [program, *(one.format(file=file, page=page) for one in arguments)]
    found = (program for name in _OPENERS if (program := shutil.which(name)))
    return [program, str(file)] if (program := next(found, None)) else []


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
