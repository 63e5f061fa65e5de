"""Where errors end: turned into a message, a next step and an exit code."""

import logging
import os
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from typer.exceptions import TyperException

from docqa import privacy
from docqa.clean import clean
from docqa.cli.exit_codes import INTERRUPTED
from docqa.errors import DocqaError
from docqa.messages import LANGUAGES, say, use_language

if TYPE_CHECKING:
    from docqa.cli.common import State


def prepare(arguments: list[str]) -> None:
    """What must happen before anything is imported or worded: privacy, encoding, language."""
    privacy.switch_off_telemetry()
    if _is_set("DOCQA_AIRGAP"):
        from docqa import airgap

        airgap.close_network()
    for stream in (sys.stdout, sys.stderr):
        # A Windows or C-locale terminal must not turn Chinese into an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    use_language(_asked_language(arguments))


def language_first(arguments: list[str]) -> list[str]:
    """The arguments with --lang in front, where the root looks for it."""
    for at, here in enumerate(arguments):
        if here == "--":
            break
        if here.startswith("--lang="):
            return [here, *arguments[:at], *arguments[at + 1 :]]
        if here == "--lang" and at + 1 < len(arguments):
            return [*arguments[at : at + 2], *arguments[:at], *arguments[at + 2 :]]
    return arguments


def guarded(work: Callable[[], object]) -> int:
    """Run the work; word whatever goes wrong, and give the exit code."""
    try:
        result = work()
        return result if isinstance(result, int) else 0
    except KeyboardInterrupt:
        return _tell(say("error.interrupted"), code=INTERRUPTED)
    except DocqaError as error:
        if _is_set("DOCQA_RAISE_ERRORS"):
            raise
        return _tell(str(error), error.hint, error.exit_code)
    except TyperException as error:
        return _misused(error)
    except BrokenPipeError:
        # The reader left (| head): end quietly, and keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if _is_set("DOCQA_RAISE_ERRORS"):
            raise
        if isinstance(error, OSError) and error.strerror:
            return _tell(say("error.storage", path=error.filename or "-", reason=error.strerror))
        return _unexpected(error)


def start_log(state: "State") -> None:
    """Write the log from now on; on the terminal too with -v."""
    from docqa import logs

    logs.start(verbose=state.verbose, preset=state.preset)


def _tell(message: str, hint: str | None = None, code: int = 1) -> int:
    sys.stdout.flush()
    sys.stderr.write(clean(message) + "\n" + (f"  {clean(hint)}\n" if hint else ""))
    return code


def _misused(error: TyperException) -> int:
    from docqa.cli.usage_errors import next_step, worded

    if type(error).__name__ == "NoArgsIsHelpError":
        return _tell(error.format_message(), code=error.exit_code)
    return _tell(worded(error), next_step(error), error.exit_code)


def _unexpected(error: Exception) -> int:
    from docqa import logs, paths

    logger = logging.getLogger("docqa")
    if not logger.handlers:
        logs.start()
    logger.error("unexpected error", exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    facts = {"reason": reason, "log": paths.log_file()}
    return _tell(say("error.failed", **facts), say("error.failed_hint", **facts))


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "") not in ("", "0")


def _asked_language(arguments: list[str]) -> str | None:
    for here, after in pairwise([*arguments, ""]):
        value = after if here == "--lang" else here.removeprefix("--lang=")
        if here.startswith("--lang") and value in LANGUAGES:
            return value
    return None if os.environ.get("DOCQA_LANG") in LANGUAGES else _configured_language()


def _configured_language() -> str | None:
    from docqa import paths

    if not paths.user_config().is_file():
        return None
    from docqa.configuration import read_file

    try:
        language = read_file(paths.user_config()).get("interface.language")
    except DocqaError:
        return None
    return str(language) if language in LANGUAGES else None
