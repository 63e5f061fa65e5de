"""Damage to the index's files is seen, and a lack of room is told as such."""

import errno
import json

import pytest

from docqa.errors import StorageError
from docqa.stores.lexical.files import (
    damaged_files,
    is_damage,
    is_unwritable,
    meta_checksum,
    naming_lack_of_room,
    removed_passages,
)
from docqa.stores.lexical.index import LexicalIndex
from tests.support.small_library import open_filled


@pytest.fixture
def index(tmp_path):
    with open_filled(tmp_path / "库") as library, LexicalIndex.open(library):
        pass
    return next(path.parent for path in (tmp_path / "库").rglob("meta.json"))


def test_a_sound_index_has_no_damaged_file(index):
    assert damaged_files(index) == []
    assert meta_checksum(index) != 0
    removed, count = removed_passages(index)
    assert (removed, count >= 3) == (0, True)


def test_a_changed_a_cut_and_a_missing_file_are_named(index):
    files = (
        sorted(index.glob("*.store")) + sorted(index.glob("*.term")) + sorted(index.glob("*.idx"))
    )
    changed, cut, missing = files[:3]
    data = bytearray(changed.read_bytes())
    data[0] ^= 1
    changed.write_bytes(data)
    cut.write_bytes(cut.read_bytes()[:5])
    missing.unlink()
    assert set(damaged_files(index)) == {changed.name, cut.name, missing.name}
    # What the limit does not reach is not read; that a file is missing is seen anyhow.
    assert damaged_files(index, limit=0) == [missing.name]


@pytest.mark.parametrize("content", [None, "", "{}", json.dumps({"segments": [{}]})])
def test_without_a_list_of_files_everything_is_damaged(index, content):
    meta = index / "meta.json"
    meta.unlink() if content is None else meta.write_text(content)
    assert damaged_files(index) == ["meta.json"]
    assert removed_passages(index) == (0, 0)
    assert bool(meta_checksum(index)) is bool(content)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "full"), "error.disk_full"),
        (ValueError("Io(… (os error 28))"), "error.disk_full"),
        (ValueError("IoError { code: 30, kind: ReadOnlyFilesystem }"), "error.read_only"),
        (OSError(errno.EACCES, "denied"), "error.read_only"),
    ],
)
def test_a_lack_of_room_is_told_whoever_says_it(tmp_path, error, code):
    with pytest.raises(StorageError) as told, naming_lack_of_room(tmp_path):
        raise error
    assert told.value.code == code
    assert is_unwritable(told.value)


def test_another_error_stays_what_it_is(tmp_path):
    with pytest.raises(ValueError, match="syntax"), naming_lack_of_room(tmp_path):
        raise ValueError("syntax")
    assert is_damage(ValueError()) and not is_damage(KeyError())
