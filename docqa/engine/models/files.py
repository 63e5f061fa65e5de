"""Model files: those that docqa knows, those that are here, getting, checking and removing them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from msgspec import Struct

from docqa import catalog
from docqa.catalog import EmbedderEntry, Installed, ModelEntry, RerankerEntry
from docqa.errors import DoesNotFit, UnknownModel, UsageError

if TYPE_CHECKING:
    from docqa.errors import ServiceError
    from docqa.llm.files.download import ReportBytes
    from docqa.llm.files.hub import RemoteFile
    from docqa.llm.files.identify import Description
    from docqa.llm.files.install import Wanted

Entry: TypeAlias = ModelEntry | EmbedderEntry | RerankerEntry


class KnownModels(Struct, frozen=True):
    """The models of the catalog, by what they are for."""

    chat: tuple[ModelEntry, ...]
    embedding: tuple[EmbedderEntry, ...]
    reranking: tuple[RerankerEntry, ...]


class Download(Struct, frozen=True):
    """What would be fetched, from which hub, and what the other hubs answered."""

    wanted: "Wanted"
    files: "tuple[RemoteFile, ...]"
    failures: "Sequence[ServiceError]"
    here: Installed | None
    """The record of the same files, where they are here already."""

    @property
    def size(self) -> int:
        """Bytes, as far as the hub states them."""
        return sum(file.size or 0 for file in self.files)

    @property
    def is_vouched_for(self) -> bool:
        """Whether the hub gives the hash of a single file; a folder's files are many."""
        return not self.wanted.quantizations or bool(self.files[0].sha256)


def known_models() -> KnownModels:
    """Every model of the catalog."""
    return KnownModels(catalog.catalog(), catalog.embedders(), catalog.rerankers())


def installed_models() -> tuple[Installed, ...]:
    """The model files on record, those that are gone as well."""
    return catalog.list_installed()


def find_entry(name: str) -> Entry:
    """The model of the catalog with this name; UnknownModel says which is nearest."""
    if entry := catalog.find_any(name):
        return entry
    raise UnknownModel(name=name, nearest=catalog.nearest(name))


def is_chat_model(entry: Entry) -> TypeGuard[ModelEntry]:
    """Whether a model of the catalog answers questions."""
    return isinstance(entry, ModelEntry)


def entry_of(record: Installed) -> ModelEntry | None:
    """What the catalog knows of a chat model that is here."""
    return catalog.find_entry(record.entry)


def find_record(name: str) -> Installed:
    """The one record with this name, catalog name or path; UsageError says which there are."""
    wanted = catalog.plain(name)
    records = catalog.list_installed()
    found = [r for r in records if wanted in (catalog.plain(r.name), catalog.plain(r.entry))]
    found = found or [r for r in records if r.path == Path(name).expanduser().absolute()]
    if not found:
        known = ", ".join(record.name for record in records) or "-"
        raise UsageError("models.not_on_record", name=name, known=known)
    if len(found) > 1 and (exact := [r for r in found if catalog.plain(r.name) == wanted]):
        found = exact
    if len(found) > 1:
        names = ", ".join(record.name for record in found)
        raise UsageError("models.several", name=name, known=names)
    return found[0]


def describe(record: Installed) -> "Description | None":
    """What a file says of itself; None for a folder and for a file that is gone."""
    from docqa.llm.files.identify import identify

    return identify(record.path) if record.path.is_file() else None


def add(path: Path, report: "ReportBytes") -> Installed:
    """Put a model file on record where it lies."""
    from docqa.llm.files import install

    return install.add(path, report=report)


def find_download(name: str, quantization: str, source: str) -> Download:
    """Ask the hubs for a model; `source` is the only one to ask, where it is given."""
    from docqa.llm.files import install

    if source and source not in install.SOURCES:
        allowed = " | ".join(install.SOURCES)
        raise UsageError("models.unknown_source", source=source, allowed=allowed)
    wanted = install.find_repositories(name, quantization)
    files, failures = install.locate(wanted, source)
    return Download(wanted, files, failures, install.already_here(files))


def pull(download: Download, report: "ReportBytes") -> Installed:
    """Fetch what was found, and put it on record once all of it is checked."""
    from docqa.llm.files import install

    return install.pull(download.wanted, download.files, report)


def why_too_large(name: str, quantization: str) -> DoesNotFit | None:
    """Why a model of the catalog cannot run on this machine, if it cannot."""
    from docqa.llm.fit import machine
    from docqa.llm.fit.footprint import of_entry
    from docqa.llm.fit.plan import Wish, choose

    entry = catalog.find_entry(name)
    known = quantization.upper().removesuffix("_M")
    if entry is None or known not in entry.quantizations:
        return None
    try:
        choose(of_entry(entry, known), machine.look(), Wish(), name=entry.title)
    except DoesNotFit as error:
        return error
    return None


def is_intact(record: Installed, report: "ReportBytes") -> bool:
    """Whether the files are what they were when they were put on record."""
    from docqa.llm.files import install

    return install.is_intact(record, report)


def remove(record: Installed) -> bool:
    """Take a model off the record; whether its files, fetched by docqa, were deleted too."""
    from docqa.llm.files import install

    return bool(install.remove(record))
