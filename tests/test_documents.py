"""The documents: short enough to be read, their links lead somewhere, their snippets run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docqa.cli import run

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", "samples", "asked"} & set(path.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_first_page_is_short(name):
    assert len((ROOT / name).read_bytes()) <= 8 * 1024


def test_both_languages_show_the_same_things():
    english, chinese = ((ROOT / f"README{one}.md").read_text("utf-8") for one in ("", ".zh-CN"))
    heads, tables = re.compile("^## ", re.M), re.compile(r"^\| ", re.M)
    for pattern in (heads, tables):
        assert len(pattern.findall(english)) == len(pattern.findall(chinese))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    gone = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not gone


def test_the_python_snippets_run(home):
    assert run(["demo"]) == 0
    page = (ROOT / "docqa" / "langchain" / "README.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(snippets) == 2
    for snippet in snippets:
        ran = subprocess.run(
            [sys.executable, "-c", snippet], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        assert "24 个月" in ran.stdout
