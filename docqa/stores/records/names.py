"""Short names of documents: a folder is called by its last part, or by as many as tell it apart."""

import os
from collections.abc import Iterable
from pathlib import Path
from sqlite3 import Connection

from docqa.stores.records.paths import Stored, decode_path, encode_path


def name_folders(connection: Connection, roots: Iterable[Path]) -> dict[str, str]:
    """How each folder is to be called in a library, by its absolute path."""
    absolute = [os.path.abspath(root) for root in roots]  # noqa: PTH100  # keeps a link's own name
    folders = [root for root in absolute if os.path.isdir(root)]  # noqa: PTH112
    names = {root: _name(connection, root, folders) for root in folders}
    # A single file is called by its name alone, unless its folder is known by one.
    parents = {os.path.dirname(root) for root in absolute} - set(names)  # noqa: PTH120
    known = {folder: _known_name(connection, folder) for folder in parents}
    return {**{folder: name for folder, name in known.items() if name}, **names}


def name_file(connection: Connection, folder: str, name: str) -> str:
    """The shortest end of a file's path, folders before its name, that no other file has."""
    parts = [*_parts(folder), name]
    for count in range(2, len(parts)):
        shown = "/".join(parts[-count:])
        if not connection.execute("SELECT 1 FROM paths WHERE shown = ?", (shown,)).fetchone():
            return shown
    return os.path.join(folder, name)  # noqa: PTH118


def _name(connection: Connection, root: str, roots: list[str]) -> str:
    if known := _known_name(connection, root):
        return known
    parts = _parts(root)
    for count in range(1, len(parts) + 1):
        name = "/".join(parts[-count:])
        others = [one for one in roots if one != root and _ends_with(one, name)]
        if not others and not _is_taken(connection, name, root):
            return name
    return root


def _known_name(connection: Connection, root: str) -> str | None:
    """The name by which the library already shows the folder, or one that holds it."""
    path = Path(root)
    for folder in (path, *path.parents):
        row: tuple[str, Stored] | None = connection.execute(
            "SELECT shown, name FROM paths WHERE folder = ? LIMIT 1", (encode_path(str(folder)),)
        ).fetchone()
        if row is None:
            continue
        shown, name = row[0], decode_path(row[1])
        before = shown.removesuffix(name).rstrip("/")
        if before and not before.startswith((".", "/")):
            return os.path.join(before, path.relative_to(folder).as_posix()).removesuffix("/.")  # noqa: PTH118
    return None


def _is_taken(connection: Connection, name: str, root: str) -> bool:
    """Whether files outside the folder are shown as if they were in one of this name."""
    rows = connection.execute(
        "SELECT folder FROM paths WHERE shown > ?1 || '/' AND shown < ?1 || '0'", (name,)
    )
    return any(not _is_within(decode_path(folder), root) for (folder,) in rows)


def _is_within(folder: str, root: str) -> bool:
    return folder == root or folder.startswith(root.rstrip("/") + "/")


def _ends_with(root: str, name: str) -> bool:
    return "/".join(_parts(root)).endswith(name)


def _parts(path: str) -> list[str]:
    return [part for part in path.replace(os.sep, "/").split("/") if part]
