"""A damaged library, a full disk, a read-only medium: told in one line, and reading goes on."""

import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from docqa import paths
from docqa.cli import run

CAN_MOUNT = bool(shutil.which("unshare")) and subprocess.run(
    ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"],
    capture_output=True, check=False,
).returncode == 0  # fmt: skip
NEEDS_MOUNTS = pytest.mark.skipif(not CAN_MOUNT, reason="this system lets nobody mount")
QUESTION = "租金多少？"


def docqa(script):
    """Run a shell script that may mount, with `docqa` as a command; exit code and all output."""
    program = f'docqa() {{ "{sys.executable}" -m docqa "$@"; }}\n'
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", program + script],
        capture_output=True, text=True, check=False, env=os.environ | {"DOCQA_AIRGAP": "0"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def library(tmp_path):
    """A library by path, with one document."""
    (tmp_path / "合同.txt").write_text("租金每月三千元。押金两个月。", encoding="utf-8")
    folder = tmp_path / "library"
    assert run(["ingest", str(tmp_path / "合同.txt"), "-L", str(folder)]) == 0
    return folder


@NEEDS_MOUNTS
@pytest.mark.slow
@pytest.mark.parametrize("index", ["there", "gone"])
def test_a_read_only_library_is_searched_asked_and_listed(library, index):
    if index == "gone":
        shutil.rmtree(library / "lexical")
    code, output = docqa(f"""
        mount --bind "{library}" "{library}" && mount -o remount,ro,bind "{library}"
        docqa search 租金 -L "{library}" && docqa ask {QUESTION} -L "{library}" &&
        docqa ls -L "{library}" && docqa sessions list -L "{library}" &&
        docqa reindex --check -L "{library}"
    """)
    assert output.count("租金每月三千元") >= 2, output
    assert "合同.txt" in output
    assert "Traceback" not in output
    assert "read-only" in output, "reindex cannot write, and says why"
    assert code == 1


@NEEDS_MOUNTS
@pytest.mark.slow
def test_an_old_read_only_library_with_a_log_is_read_too(library):
    """What was written last stands in SQLite's log where its writer was killed."""
    connection = sqlite3.connect(library / "library.sqlite")
    connection.execute("DROP TABLE seals")
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE name LIKE 'seal%'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DELETE FROM migrations WHERE name = 'm005_seals'")
    connection.commit()
    copy = library.with_name("copy")
    shutil.copytree(library, copy)
    connection.close()
    assert (copy / "library.sqlite-wal").stat().st_size
    code, output = docqa(f"""
        mount --bind "{copy}" "{copy}" && mount -o remount,ro,bind "{copy}"
        docqa ask {QUESTION} -L "{copy}"
    """)
    assert (code, "租金每月三千元" in output) == (0, True), output


@NEEDS_MOUNTS
@pytest.mark.slow
def test_a_full_disk_is_told_read_and_relieved(tmp_path):
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(200):
        lines = "".join(
            f"第{number}份第{n}条，租金每月{n}元，押金{number}元。" for n in range(1000)
        )
        (documents / f"{number}.txt").write_text(lines, encoding="utf-8")
    disk = tmp_path / "disk"
    disk.mkdir()
    _, output = docqa(f"""
        mount -t tmpfs -o size=14m none "{disk}"
        docqa ingest "{documents}/0.txt" -L "{disk}/library"; echo "first $?"
        docqa ingest "{documents}" -L "{disk}/library"; echo "ingest $?"
        cat /dev/zero > "{disk}/rest" 2>/dev/null
        docqa search 租金 -L "{disk}/library" > "{tmp_path}/found"; echo "search $?"
        docqa ask {QUESTION} --no-save -L "{disk}/library" > "{tmp_path}/asked"; echo "ask $?"
        before=$(stat -c %s "{disk}/library/library.sqlite")
        docqa rm '*' -L "{disk}/library" > "{tmp_path}/removed"; echo "rm $?"
        after=$(stat -c %s "{disk}/library/library.sqlite")
        [ $after -lt $before ] && echo smaller
        echo "left $(cat "{disk}"/library/library.sqlite* | grep -c 押金)"
    """)
    assert "first 0" in output, output
    assert "ingest 1" in output, output
    assert "There is no room left for" in output
    assert "search 0" in output, output
    assert "ask 0" in output, output
    assert "rm 0" in output, output
    assert "smaller" in output, output
    assert "Traceback" not in output
    assert "OperationalError" not in output
    assert "left 0" in output, "nothing of the text stays in the file"


def test_damaged_text_met_by_a_question_is_told_as_damage(library, capsys):
    with sqlite3.connect(library / "library.sqlite") as connection:
        connection.execute("DROP TRIGGER seal_texts_update")
        connection.execute("UPDATE texts SET text = CAST(x'e4b8' || text AS TEXT)")
    connection.close()
    capsys.readouterr()
    assert run(["search", "租金", "-L", str(library)]) == 1
    error = capsys.readouterr().err
    assert "damaged" in error
    assert "OperationalError" not in error


def test_doctor_and_check_tell_a_damaged_index(capsys, tmp_path):
    (tmp_path / "合同.txt").write_text("租金每月三千元。", encoding="utf-8")
    assert run(["ingest", str(tmp_path)]) == 0
    for file in (paths.library_dir("default") / "lexical").rglob("*.pos"):
        file.unlink()
    capsys.readouterr()
    assert run(["doctor"]) == 1
    assert ".pos" in capsys.readouterr().out
    assert run(["reindex", "--check"]) == 0
    assert ".pos" in capsys.readouterr().err
    assert run(["doctor"]) == 0
