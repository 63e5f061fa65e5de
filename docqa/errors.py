"""The error tree. Each class says when it occurs; its wording is in `docqa/messages/error.toml`.

DocqaError
├── UsageError               2  the request itself cannot be carried out
│   ├── SettingError         2  a setting is unknown or ill-typed
│   ├── QueryError           2  a question or query that cannot be searched
│   └── UnknownLibrary       2  a library that does not exist
├── StorageError             1  a library or folder cannot be read or written
│   ├── LibraryLocked        1  another process is writing
│   ├── LibraryDamaged       1  the records fail their checks
│   └── EmbedderMismatch     1  the library was embedded by another model
├── MissingExtra             1  an optional package is not installed
├── MissingData              1  a prompt, preset or other shipped file is nowhere
├── ModelError               1  a model cannot be found, loaded or run
│   ├── UnknownModel         2  no model of this name
│   ├── ModelBusy            1  another caller is using the model
│   ├── ContextTooSmall      1  the prompt does not fit the window
│   └── DoesNotFit           1  the machine's memory is too small for the plan
├── ServiceError             1  an endpoint or vector server did not answer well
└── NotAnswered              3  the documents do not answer this
"""

from typing import ClassVar

from docqa.messages import messages, say


class DocqaError(Exception):
    """Anything that docqa tells its user; `code` names the message, `facts` fill it."""

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "error.failed"

    def __init__(self, code: str = "", **facts: object) -> None:
        """Keep the message's key (`area.name`) and what fills it."""
        self.code = code or self.default_code
        self.facts = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        """The error in the language in use."""
        return say(self.code, **self.facts)

    @property
    def hint(self) -> str | None:
        """The next step, where there is one: the message `<name>_hint` of the same area."""
        area, _, name = self.code.partition(".")
        return say(f"{self.code}_hint", **self.facts) if f"{name}_hint" in messages(area) else None


class UsageError(DocqaError):
    """The request itself cannot be carried out."""

    exit_code = 2
    default_code = "error.usage"


class SettingError(UsageError):
    """A setting is unknown or ill-typed."""

    default_code = "error.setting_value"


class QueryError(UsageError):
    """A question or query that cannot be searched."""

    default_code = "error.query_empty"


class UnknownLibrary(UsageError):
    """A library that does not exist."""

    default_code = "error.unknown_library"

    @property
    def hint(self) -> str | None:
        """What there is instead; where there is nothing yet, how to begin."""
        return say("error.nothing_read_yet") if self.facts.get("known") == "-" else super().hint


class StorageError(DocqaError):
    """A library or folder cannot be read or written."""

    default_code = "error.storage"


class LibraryLocked(StorageError):
    """Another process is writing to the library."""

    default_code = "error.library_locked"


class LibraryDamaged(StorageError):
    """The records of a library fail their checks."""

    default_code = "error.library_damaged"


class EmbedderMismatch(StorageError):
    """The library was embedded by another model than the one in use."""

    default_code = "error.embedder_mismatch"


class MissingExtra(DocqaError):
    """An optional package is not installed."""

    default_code = "error.missing_extra"


class MissingData(DocqaError):
    """A prompt, preset or other shipped file is in none of the places looked at."""

    default_code = "error.missing_data"


class ModelError(DocqaError):
    """A model cannot be found, loaded or run."""

    default_code = "error.model"


class UnknownModel(ModelError):
    """No model of this name, neither here nor in the catalog."""

    exit_code = 2
    default_code = "models.unknown"


class ModelBusy(ModelError):
    """Another caller is using the model."""

    default_code = "error.model_busy"


class ContextTooSmall(ModelError):
    """The prompt does not fit the model's window."""

    default_code = "error.context_too_small"


class DoesNotFit(ModelError):
    """The machine's memory is too small for the model as planned."""

    default_code = "error.does_not_fit"


class ServiceError(DocqaError):
    """An endpoint or a vector server did not answer, or answered badly."""

    default_code = "error.service"


class NotAnswered(DocqaError):
    """The documents do not answer the question."""

    exit_code = 3
    default_code = "error.not_answered"
