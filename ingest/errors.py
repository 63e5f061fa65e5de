"""What can go wrong while a file is read.

IngestError
├── FileUnreadable      the file cannot be opened, or holds nothing readable
│   └── NeedsExtra      an optional package would read it
├── TooLarge            a declared or actual size passes a limit (zip bomb, huge text)
└── Interrupted         the user stopped the run
"""

from typing import ClassVar


class IngestError(Exception):
    """A file or a run cannot go on; `code` and `facts` let a face word it in any language."""

    default_code: ClassVar[str] = "failed"

    def __init__(self, code: str = "", **facts: object) -> None:
        """Keep the code of the reason and the facts that fill its message."""
        self.code = code or self.default_code
        self.facts = facts
        super().__init__(self.code, facts)

    def __reduce__(self) -> tuple[object, ...]:
        """Cross process borders with the facts intact."""
        return _rebuild, (type(self), self.code, self.facts)


class FileUnreadable(IngestError):
    """The file cannot be opened or holds nothing that can be read."""

    default_code = "unreadable"


class NeedsExtra(FileUnreadable):
    """An optional package (`extra=`) would be needed to read the file."""

    default_code = "needs_extra"


class TooLarge(IngestError):
    """A declared or an actual size passes a limit."""

    default_code = "too_large"


class Interrupted(IngestError):
    """The user stopped the run."""

    default_code = "interrupted"


def _rebuild(kind: type[IngestError], code: str, facts: dict[str, object]) -> IngestError:
    return kind(code, **facts)
