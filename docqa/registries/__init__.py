"""What can be chosen, one registry per kind: engines, embedders, vector stores, tasks.

Plain data below the settings: nothing that a line names is imported before it is opened.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any


class Entry:
    """One line of a registry: what opens this, and what must be installed for it."""

    # No dataclass: every command reads the registries, and each costs most of a millisecond.
    def __init__(self, opener: str, package: str = "", extra: str = "", label: str = "") -> None:
        self.opener = opener
        """`module:name` of what opens it."""
        self.package = package
        """The Python module that must be importable; empty where docqa alone is enough."""
        self.extra = extra
        """The extra of docqa that installs it."""
        self.label = label
        """What the user reads is missing without the package."""

    @property
    def is_installed(self) -> bool:
        """Whether its package is here."""
        return not self.package or find_spec(self.package) is not None

    def load(self) -> Callable[..., Any]:
        """What opens it; imports its module."""
        # Imported here: the registries are read at every start, and this only where one is used.
        from pkgutil import resolve_name

        opener: Callable[..., Any] = resolve_name(self.opener)
        return opener
