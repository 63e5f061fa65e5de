"""What docqa writes is its owner's alone, and no link leads it elsewhere."""

import os
import stat

import pytest

from docqa import paths
from docqa.cli import run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX rights")


@pytest.fixture
def document(tmp_path):
    """A file to be read."""
    file = tmp_path / "合同.txt"
    file.write_text("租金每月三千元。", encoding="utf-8")
    return str(file)


def open_to_others(folder):
    """What others may read, write or enter below a folder that is open to them."""
    return [
        str(path)
        for path in folder.rglob("*")
        # SQLite's and tantivy's own locks lie in folders that nobody else can enter.
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and not _is_shut(path.parent, folder)
    ]


def _is_shut(path, folder):
    shut = not stat.S_IMODE(path.stat().st_mode) & 0o077
    return path != folder and (shut or _is_shut(path.parent, folder))


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_a_library_in_a_folder_that_was_there_is_shut(document, tmp_path, umask):
    folder = tmp_path / "library"
    folder.mkdir(mode=0o755)
    before = os.umask(umask)
    try:
        assert run(["ingest", document, "-L", str(folder)]) == 0
        os.umask(umask)
        assert run(["ask", "租金多少？", "-L", str(folder)]) == 0
    finally:
        os.umask(before)
    assert open_to_others(folder) == []


def test_an_open_library_of_an_older_version_is_shut(document, tmp_path):
    folder = tmp_path / "library"
    folder.mkdir(mode=0o755)
    assert run(["ingest", document, "-L", str(folder)]) == 0
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert run(["ingest", document, "-L", str(folder)]) == 0
    assert run(["rm", "合同.txt", "-L", str(folder)]) == 0
    assert open_to_others(folder) == []


def test_logs_and_settings_are_shut_too(document):
    paths.data_dir().chmod(0o755)
    assert run(["ingest", document]) == 0
    assert run(["ask", "租金多少？"]) == 0
    assert open_to_others(paths.data_dir()) == []


@pytest.mark.parametrize("name", ["write.lock", "library.sqlite", "lexical", "reserve"])
def test_no_link_is_followed(document, tmp_path, name, capsys):
    folder, victim = tmp_path / "library", tmp_path / "victim"
    folder.mkdir()
    if name == "lexical":
        victim.mkdir()
    else:
        victim.write_text("precious", encoding="utf-8")
    (folder / name).symlink_to(victim)
    assert run(["ingest", document, "-L", str(folder)]) == 1
    assert "is a link" in capsys.readouterr().err
    if name == "lexical":
        assert list(victim.iterdir()) == []
    else:
        assert victim.read_text(encoding="utf-8") == "precious"
