"""Walks files and folders and says what is there to read, and what is left out and why."""

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from ingest.ignore import IGNORE_FILE, IgnoreRules, reason_for_file, reason_for_folder


class WalkOptions(Struct, frozen=True):
    """What a user may say about which files are read."""

    hidden: bool = False
    exclude: tuple[str, ...] = ()
    marker: str = "library.sqlite"
    """A folder that holds a file of this name is a library, not a place of documents."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the folders that were given are called, by absolute path; else by their last part."""

    def name_of(self, folder: str) -> str:
        """What a folder that was given is called."""
        return self.names.get(folder) or Path(folder).name or folder


class FoundFile(Struct, frozen=True):
    """A regular file by name, with what tells whether it changed."""

    name: str
    suffix: str
    """In lower case, such as `.pdf`."""
    size: int
    mtime: int
    named: bool = False
    """The user gave this very file, so that no rule leaves it out."""


class FoundFolder(Struct):
    """One folder's share of a walk; `failed` and `skipped` hold (name, reason), "" for itself."""

    path: str
    shown: str
    whole: bool = True
    """False where only files that were named are listed, so that the others are not gone."""
    files: list[FoundFile] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def shown_of(self, name: str) -> str:
        """A file of it as people see it."""
        return os.path.join(self.shown, name) if name else self.shown  # noqa: PTH118

    def place_of(self, name: str) -> str:
        """Where a file of it lies, or the folder itself."""
        return os.path.join(self.path, name) if name else self.path  # noqa: PTH118


def discover(paths: Sequence[Path], options: WalkOptions) -> Iterator[FoundFolder]:
    """Everything under these paths, folder by folder in the order of their names."""
    seen: set[tuple[int, int]] = set()
    for path in paths:
        absolute = os.path.abspath(path)  # noqa: PTH100  # keeps a link's own name
        if os.path.isdir(absolute):  # noqa: PTH112
            rules = IgnoreRules().within(absolute, options.exclude)
            yield from _walk(absolute, options.name_of(absolute), rules, options, seen)
        else:
            yield _one_file(absolute, options.names)


def _one_file(absolute: str, names: Mapping[str, str]) -> FoundFolder:
    folder, name = os.path.split(absolute)
    found = FoundFolder(folder, names.get(folder, ""), whole=False)
    try:
        status = os.stat(absolute)  # noqa: PTH116
    except OSError as error:
        # Shown in full: people must see which path was meant.
        found.shown = folder
        found.failed.append((name, _reason(error)))
        return found
    if stat.S_ISREG(status.st_mode):
        found.files.append(_file(name, _suffix(name), status, named=True))
    else:
        found.failed.append((name, "not_a_file"))
    return found


def _walk(
    root: str, shown: str, rules: IgnoreRules, options: WalkOptions, seen: set[tuple[int, int]]
) -> Iterator[FoundFolder]:
    # A stack instead of recursion: folders may nest deeper than Python's calls.
    waiting = [(root, shown, rules)]
    while waiting:
        path, shown, outer = waiting.pop()
        found = FoundFolder(path, shown)
        try:
            status = os.stat(path)  # noqa: PTH116
            # Sorted, so that every run meets the files in the same order.
            with os.scandir(path) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            found.whole = False
            found.failed.append(("", _reason(error)))
            yield found
            continue
        if (key := (status.st_dev, status.st_ino)) in seen:
            continue
        seen.add(key)
        names = {entry.name for entry in listed}
        if options.marker in names:
            found.skipped.append(("", "skipped_library"))
            yield found
            continue
        inner = outer.within(path) if IGNORE_FILE in names and path != root else outer
        folders = [e.name for e in listed if _sort(e, found, inner, options)]
        yield found
        waiting.extend(
            (os.path.join(path, name), os.path.join(shown, name), inner)  # noqa: PTH118
            for name in reversed(folders)
        )


def _sort(
    entry: os.DirEntry[str], found: FoundFolder, rules: IgnoreRules, options: WalkOptions
) -> bool:
    """Put an entry where it belongs; True for a folder to be walked."""
    name, suffix = entry.name, _suffix(entry.name)
    try:
        is_folder = entry.is_dir(follow_symlinks=False)
        reason = _left_out(entry, suffix, is_folder, rules, options)
        if reason:
            found.skipped.append((name, reason))
            return False
        if is_folder:
            return True
        status = entry.stat()
    except OSError as error:
        found.failed.append((name, _reason(error)))
        return False
    if stat.S_ISREG(status.st_mode):
        found.files.append(_file(name, suffix, status))
    else:
        # Links to folders are not followed: they lead in circles, or out of what was asked for.
        is_link = stat.S_ISDIR(status.st_mode)
        found.skipped.append((name, "skipped_folder_link" if is_link else "skipped_special"))
    return False


def _left_out(
    entry: os.DirEntry[str], suffix: str, is_folder: bool, rules: IgnoreRules, options: WalkOptions
) -> str | None:
    name = entry.name
    if name.startswith(".") and not options.hidden:
        return "skipped_hidden"
    if rules.layers and rules.ignores(entry.path, is_folder=is_folder):
        return "skipped_ignored"
    return reason_for_folder(name) if is_folder else reason_for_file(name, suffix)


def _file(name: str, suffix: str, status: os.stat_result, *, named: bool = False) -> FoundFile:
    return FoundFile(name, suffix, status.st_size, status.st_mtime_ns, named)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "vanished"
    if isinstance(error, PermissionError):
        return "no_permission"
    return "link_loop" if error.errno == errno.ELOOP else "unreadable"
