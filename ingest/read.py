"""The door to reading: a file in, its text with every block's place out."""

from pathlib import Path

from msgspec.structs import replace

from ingest.assemble import assemble
from ingest.dated import date_of_archive
from ingest.errors import FileUnreadable, TooLarge
from ingest.formats import family_of, fits_name
from ingest.parsers import parser
from ingest.source import SourceFile, load
from ingest.types import Extract, ReadOptions

__all__ = ["load", "read_file", "read_source"]


def read_file(path: Path, options: ReadOptions) -> Extract:
    """Read a file, whatever it is; raises an IngestError that says why it cannot be read."""
    return read_source(load(path, options))


def read_source(source: SourceFile) -> Extract:
    """Read a file whose bytes are already here."""
    if source.options.password is not None:
        # Imported here: files are rarely locked.
        from ingest.unlock import unlock

        source = unlock(source)
    family = family_of(source)
    try:
        extract = assemble(parser(family)(source))
    except RecursionError as error:
        raise FileUnreadable("nested_too_deep") from error
    if not extract.text:
        raise FileUnreadable("no_text")
    limit = source.options.max_characters
    if len(extract.text) > limit:
        raise TooLarge("too_much_text", characters=len(extract.text), limit=limit)
    if extract.dated is None and source.data.startswith(b"PK"):
        extract = replace(extract, dated=date_of_archive(source))
    if not fits_name(source, family):
        extract = replace(extract, notes=("wrong_suffix", *extract.notes))
    return extract
