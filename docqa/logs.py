"""The log: a rotating file in the data folder, and the terminal only when asked."""

import contextlib
import logging
import sys

from docqa import paths
from docqa.errors import DocqaError
from docqa.settings import LogSettings

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def start(verbose: int = 0, preset: str | None = None) -> None:
    """Set up the `docqa` and `ingest` loggers; nothing is written before the first entry."""
    # An entry that finds the disk full would print a traceback.
    logging.raiseExceptions = False
    settings = _settings(preset)
    handlers: list[logging.Handler] = [LogFile(settings)]
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    for name in ("docqa", "ingest"):
        logger = logging.getLogger(name)
        for old in logger.handlers:
            old.close()
        logger.handlers[:] = handlers
        logger.setLevel(logging.DEBUG if verbose > 1 else settings.level.upper())
        logger.propagate = False


class LogFile(logging.Handler):
    """Opens the rotating file at the first entry, so that a silent run touches no disk."""

    def __init__(self, settings: LogSettings) -> None:
        """Keep the limits for when the file is opened."""
        super().__init__()
        self._settings = settings
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the entry; a log that cannot be written never stops the work."""
        try:
            self._open().emit(record)
        except (OSError, DocqaError):
            self.setLevel(logging.CRITICAL + 1)

    def close(self) -> None:
        """Close the file, if an entry opened it."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None
        super().close()

    def _open(self) -> logging.Handler:
        if self._file is None:
            # Imported here: most runs log nothing (saves 10 ms).
            from logging.handlers import RotatingFileHandler

            paths.private_dir(paths.log_file().parent)
            self._file = RotatingFileHandler(
                paths.log_file(),
                maxBytes=self._settings.megabytes * 1_000_000,
                backupCount=self._settings.files,
                encoding="utf-8",
            )
            self._file.setFormatter(logging.Formatter(_FORMAT))
        return self._file


def _settings(preset: str | None) -> LogSettings:
    # A broken settings file is reported by the command itself; the log then takes its defaults.
    if not paths.user_config().is_file() and preset is None:
        return LogSettings()
    from docqa.configuration import load

    try:
        return load(preset=preset).settings.log
    except DocqaError:
        return LogSettings()
