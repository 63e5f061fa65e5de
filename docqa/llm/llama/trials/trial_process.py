"""Runs a trial in a process of its own: llama.cpp may end the whole process it runs in."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from docqa import paths
from docqa.errors import StorageError

REFUSED = 7
# What Windows makes of an abort; elsewhere a signal's number is negative, or Windows' above bytes.
_ABORTED, _LARGEST = 3, 255
# The second is Windows' word for it.
_INTERRUPTED = (-signal.SIGINT, 0xC000013A)
_KEPT = 200


class TrialOutcome(Enum):
    """How a trial ended."""

    PASSED = "passed"
    REFUSED = "refused"
    DIED = "died"
    NEVER_ENDED = "never ended"


def run_trial(module: str, *arguments: str, seconds: float) -> TrialOutcome:
    """Run `python -m module arguments`, silent, for at most so long.

    KeyboardInterrupt where it was broken off: Ctrl-C reaches it too, and says nothing of the file.
    """
    try:
        code = subprocess.run(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A backtrace would hold the process up and is for nobody.
            env=os.environ | {"GGML_NO_BACKTRACE": "1"},
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return TrialOutcome.NEVER_ENDED
    if code in _INTERRUPTED:
        raise KeyboardInterrupt
    if code < 0 or code == _ABORTED or code > _LARGEST:
        return TrialOutcome.DIED
    return TrialOutcome.PASSED if code == 0 else TrialOutcome.REFUSED


def forbid_core_files() -> None:
    """Leave no image of the process on disk should it die; called in the child."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def recall(name: str) -> list[str]:
    """What was kept under this name, the oldest first."""
    try:
        found = json.loads(_file(name).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def keep(name: str, known: Sequence[str], line: str) -> None:
    """Keep one more line; only a convenience: what cannot be written is tried again next time."""
    try:
        paths.private_dir(_file(name).parent)
        aside = _file(name).with_suffix(f".{os.getpid()}.part")
        aside.write_text(json.dumps([*known, line][-_KEPT:], indent=1), "utf-8")
        aside.replace(_file(name))
    except (OSError, StorageError):
        return


def _file(name: str) -> Path:
    return paths.data_dir() / f"{name}.json"
