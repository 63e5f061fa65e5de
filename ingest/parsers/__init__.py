"""One module per family of formats, imported only when a file of that family is read."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from ingest.source import SourceFile
from ingest.types import Parsed


@cache
def parser(family: str) -> Callable[[SourceFile], Parsed]:
    """The `parse` of a family of `ingest.formats`."""
    return cast("Callable[[SourceFile], Parsed]", import_module(f"ingest.parsers.{family}").parse)
