"""Where errors end: turned into a message, a next step and an exit code."""

import errno
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from typer.exceptions import TyperException

from docqa import privacy
from docqa.clean import clean
from docqa.cli.exit_codes import INTERRUPTED
from docqa.errors import DocqaError, LibraryDamaged, StorageError, UsageError
from docqa.messages import LANGUAGES, say, use_language

if TYPE_CHECKING:
    from docqa.cli.common import CommandState


_STDOUT = 1


def prepare(arguments: list[str]) -> None:
    """What must happen before anything is imported or worded: privacy, encoding, language."""
    privacy.switch_off_telemetry()
    # Whatever docqa writes, logs and exports too, is its owner's alone.
    os.umask(0o077)
    if _is_set("DOCQA_AIRGAP"):
        from docqa import airgap

        airgap.close_network()
    # A stream that was closed (>&-) takes what is written and shows it to nobody.
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
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


def guard(work: Callable[[], object], *, as_json: bool = False) -> int:
    """Run the work; word whatever goes wrong, and give the exit code.

    With `as_json` what went wrong is one JSON document on standard output, too.
    """
    try:
        result = work()
        # Told now, while it can be: at the end of the process Python would complain by itself.
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as left:
        # Typer leaves with 1 where the reader did.
        if isinstance(left.__context__, BrokenPipeError):
            return _reader_left()
        raise
    except (Exception, KeyboardInterrupt) as error:
        if _is_set("DOCQA_RAISE_ERRORS") and not isinstance(error, TyperException):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            # A group of commands alone: its help is what was asked for.
            sys.stdout.write(f"{error}\n")
            return 0
        return _tell(_failure(error), as_json=as_json)


def wants_json(arguments: list[str]) -> bool:
    """Whether a command line asks for JSON."""
    return "--json" in takewhile(lambda argument: argument != "--", arguments)


def refuse_second_library(arguments: list[str]) -> None:
    """UsageError where two libraries are named: Typer would silently take the last."""
    options = takewhile(lambda argument: argument != "--", arguments)
    if sum(one in ("-L", "--library") or one[:10] == "--library=" for one in options) > 1:
        raise UsageError("usage.one_library")


def start_log(state: "CommandState") -> None:
    """Write the log from now on; on the terminal too with -v."""
    from docqa import logs

    logs.start(verbose=state.verbose, preset=state.preset)


class _Failure(NamedTuple):
    """What went wrong, in words; `name` is the message's key, which scripts can tell apart."""

    name: str
    message: str
    hint: str | None = None
    exit_code: int = 1


def _failure(error: BaseException) -> _Failure:
    # Typer's own word for Ctrl-C where it asks something.
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":
        return _Failure("error.interrupted", say("error.interrupted"), None, INTERRUPTED)
    if isinstance(error, DocqaError):
        return _Failure(error.code, str(error), error.hint, error.exit_code)
    if isinstance(error, TyperException):
        return _misuse(error)
    if isinstance(error, OSError) and error.strerror:
        return _storage_failure(error)
    if type(error).__module__ == "sqlite3" and _is_damage(error):
        # Met while rows were read: a page of the records is not what it was.
        return _failure(LibraryDamaged(name="-", reason=str(error)))
    return _tell_unexpected(error)


def _is_damage(error: BaseException) -> bool:
    """Whether SQLite says so: it cannot read its file, or a text is no text any more."""
    return type(error).__name__ == "DatabaseError" or "decode" in str(error)


def _storage_failure(error: OSError) -> _Failure:
    from docqa.paths import data_dir

    path = error.filename or data_dir()
    if error.errno == errno.ENOSPC:
        return _failure(StorageError("error.disk_full", path=path))
    return _failure(StorageError(path=path, reason=error.strerror))


def _tell(failure: _Failure, *, as_json: bool) -> int:
    hint = f"  {clean(failure.hint)}\n" if failure.hint else ""
    try:
        if as_json:
            from docqa.cli.common import print_json

            print_json({"error": failure._asdict()})
        sys.stdout.flush()
    except OSError:
        _forget_output()
    sys.stderr.write(clean(failure.message) + "\n" + hint)
    return failure.exit_code


def _misuse(error: TyperException) -> _Failure:
    from docqa.cli.usage_errors import next_step, phrase

    return _Failure("error.usage", phrase(error), next_step(error), error.exit_code)


def _tell_unexpected(error: BaseException) -> _Failure:
    from docqa import logs, paths

    logger = logging.getLogger("docqa")
    if not logger.handlers:
        logs.start()
    logger.error("unexpected error", exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    facts = {"reason": reason, "log": paths.log_file()}
    hint = say("error.failed_hint", **facts)
    return _Failure("error.failed", say("error.failed", **facts), hint)


def _reader_left() -> int:
    """End quietly where the reader of the output left (| head)."""
    _forget_output()
    return 0


def _forget_output() -> None:
    """Keep Python from writing again, at the end, what could not be written."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


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
