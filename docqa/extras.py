"""Optional packages: which extra brings a feature, and the command that installs it."""

import json
from functools import cache
from urllib.parse import unquote, urlsplit

from docqa.errors import MissingExtra


def missing(extra: str, feature: str) -> MissingExtra:
    """The error to raise where a feature's optional package is not installed."""
    package = ", ".join(packages(extra)) or extra
    return MissingExtra(feature=feature, package=package, command=install_command(extra))


@cache
def packages(extra: str) -> tuple[str, ...]:
    """Names of the packages an extra installs on this machine, from docqa's own metadata."""
    # Imported here: nearly no run asks, and it costs 12 ms.
    import importlib.metadata

    from packaging.requirements import Requirement

    wanted = map(Requirement, importlib.metadata.requires("docqa") or [])
    # What an extra brings names it in a marker; what docqa always needs names none.
    marked = [(one.name, one.marker) for one in wanted if "extra" in str(one.marker)]
    return tuple(name for name, marker in marked if marker and marker.evaluate({"extra": extra}))


def install_command(extra: str) -> str:
    """The command that adds an extra to this very installation."""
    return f"pip install '{source()}[{extra}]'"


def source() -> str:
    """What pip calls docqa here: the folder it was installed from, or its name."""
    import importlib.metadata

    # Installed from a folder: the index may not know docqa, so the folder is named.
    found = importlib.metadata.distribution("docqa").read_text("direct_url.json")
    url = urlsplit(json.loads(found)["url"]) if found else None
    return unquote(url.path) if url and url.scheme == "file" else "docqa"
