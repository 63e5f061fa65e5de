"""Lets the user write text in their own editor."""

import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.errors import UsageError

_DEFAULT = "notepad" if os.name == "nt" else "vi"


def edit_text(text: str) -> str:
    """The text as the user left it in $VISUAL or $EDITOR."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or _DEFAULT
    with TemporaryDirectory(prefix="docqa-") as folder:
        file = Path(folder) / "question.txt"
        file.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*shlex.split(command), str(file)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise UsageError("ask.no_editor", command=command, reason=error) from error
        return file.read_text(encoding="utf-8", errors="replace").strip()
