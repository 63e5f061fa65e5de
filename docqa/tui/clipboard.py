"""Copying that works over SSH and tmux, and always leaves a file behind."""

import logging
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from textual.app import App

from docqa import paths
from docqa.errors import StorageError

log = logging.getLogger(__name__)

# Terminals drop longer OSC 52 sequences.
_OSC52_CHARACTERS = 50_000


def copy(app: App[None], text: str) -> Path | None:
    """Put text on the clipboard of the terminal, the buffer of tmux, and in a file if it can."""
    if len(text) <= _OSC52_CHARACTERS:
        app.copy_to_clipboard(text)
    if os.environ.get("TMUX") and shutil.which("tmux"):
        # tmux swallows OSC 52 by default; -w hands the buffer on to the terminal outside.
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["tmux", "load-buffer", "-w", "-"],
                input=text.encode(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=2,
                check=False,
            )
    try:
        file = paths.private_dir(paths.data_dir()) / "clipboard.txt"
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    except (OSError, StorageError) as error:
        log.warning("cannot keep what was copied: %s", error)
        return None
    return file
