"""kill -9 at any moment loses at most what was in flight; the next run makes it whole."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from docqa.stores.records.integrity import faults
from docqa.stores.records.library import Library
from tests.support.ingesting import content, indexed, ingest

FILES = 200
KILLS = 50
ROOT = Path(__file__).resolve().parents[3]


def write(folder, number, edition, chance):
    """A document in its edition: text, Markdown with headings, or one of many passages."""
    words = ["合同", "验收", "付款", "保修", "设备", "温度", "培训", "记录"]
    lines = ["".join(chance.choices(words, k=9)) + "。" for _ in range(chance.randint(5, 60))]
    body = f"第{number}号文件，版次{edition}。\n" + "\n".join(lines)
    if number % 3 == 0:
        body = f"# 第一章 总则\n\n{body}\n\n## 附则\n\n{body[:200]}\n"
    path = folder / f"{number % 7}" / f"文件{number}.{'md' if number % 3 == 0 else 'txt'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8")
    return path


def change(folder, edition, chance):
    """Give the next run work: half the files anew, some gone, some come back, a copy, a dud."""
    for number in chance.sample(range(FILES), FILES // 2):
        path = write(folder, number, edition, chance)
        if chance.random() < 0.1:
            path.unlink()
    copied = write(folder, chance.randrange(FILES), edition, chance)
    (folder / "副本.txt").write_bytes(copied.read_bytes())
    (folder / "坏.docx").write_bytes(b"PK\3\4" + bytes(chance.randrange(256) for _ in range(99)))


def start(library, folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.docqa.engine.crashing", str(library), str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"started\n"
    return process


@pytest.mark.slow
def test_kills_at_random_moments_leave_what_an_undisturbed_run_gives(tmp_path):
    chance = random.Random(20)
    folder, library = tmp_path / "文档", tmp_path / "库"
    for number in range(FILES):
        write(folder, number, 0, chance)
    longest, killed = 0.8, 0
    while killed < KILLS:
        process = start(library, folder)
        with process.stdout:
            time.sleep(chance.uniform(0, longest))
            process.send_signal(signal.SIGKILL)
            if process.wait() == -signal.SIGKILL:
                killed += 1
            else:
                longest *= 0.9  # It was done before it could be killed.
        if killed % 5 == 0 or process.returncode == 0:
            if (library / "library.sqlite").exists():
                with Library.open(library) as kept:
                    assert faults(kept) == []
            change(folder, killed, chance)
    ingest(library, folder, prune=True)
    with Library.open(library) as kept:
        assert faults(kept) == []
    ingest(tmp_path / "另一库", folder)
    assert content(library) == content(tmp_path / "另一库")
    for words in ("版次", "总则", "保修培训", "附则"):
        assert indexed(library, words) == indexed(tmp_path / "另一库", words)
