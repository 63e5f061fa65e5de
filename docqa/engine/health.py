"""Is this installation sound, and each library as it was written? What `docqa doctor` asks."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from docqa.settings import Settings
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import Counts, Library

Fault = tuple[str, str]

if TYPE_CHECKING:
    from docqa.llm.fit.machine import Machine


class Health(Struct, frozen=True):
    """What a library holds and what is wrong with it: keys of messages, each with a fact."""

    counts: Counts
    faults: tuple[Fault, ...]
    """Of the records, which nothing can rebuild."""
    index_faults: tuple[Fault, ...]
    """Of what is derived from it: the next search or `docqa reindex` rebuilds it."""


def look_at_library(path: Path, settings: Settings) -> Health:
    """Compare everything that is stored with its checksums."""
    # Imported here: only a search or a check needs the index.
    from docqa.stores.lexical.index import LexicalIndex
    from docqa.terms import read_words

    with Library.open(path) as library:
        found = tuple(faults(library))
        index = LexicalIndex(library, read_words(settings.search.user_dictionary), None)
        names = index.faults() if not found else []
        derived = (("library.fault_index", ", ".join(names)),) if names else ()
        return Health(library.counts(), found, derived)


def look_at_machine() -> "Machine":
    """Memory, cores and graphics cards as they are now."""
    # Imported here, as below: each asks for a part of docqa that the others do without.
    from docqa.llm.fit import machine

    return machine.look()


def try_processor() -> bool:
    """Whether llama.cpp may use its fast way here; ModelError where it runs in no way."""
    from docqa.llm.llama.trials import processor_test

    return processor_test.check()


def try_reader(settings: Settings) -> None:
    """Load the reader of the settings; ModelError or MissingExtra where it cannot be used."""
    from docqa.answer.reader.encoder import open_encoder

    open_encoder(settings).read("?", ["."])
