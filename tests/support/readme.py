"""What the README takes from the code: run by cog, which `make docs` and `make check` call."""

import atexit
import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

os.environ["COLUMNS"] = "96"
os.environ.setdefault("DOCQA_HOME", str(Path(__file__).resolve().parent / "no-such-home"))

from docqa import extras, paths
from docqa.cli import COMMANDS, run
from docqa.cli import exit_codes as exit_codes_module
from docqa.configuration import known_settings
from docqa.errors import DocqaError
from docqa.messages import messages

_EXIT_CODES = {
    0: {"en": "done", "zh": "完成"},
    1: {"en": "failed", "zh": "失败"},
    2: {
        "en": "wrong usage: an unknown option, setting or library, an empty question",
        "zh": "用法错误：未知的选项、设置或资料库，空问题",
    },
    3: {"en": "the documents do not answer this", "zh": "文档中没有答案"},
    4: {"en": "finished, but some files could not be read", "zh": "已完成，但有文件无法读取"},
    130: {"en": "interrupted", "zh": "被中断"},
}


def commands(language: str) -> str:
    """A table of the commands."""
    words = messages("help_commands")
    rows = [f"| `docqa {name}` | {words[name][language]} |" for name in COMMANDS]
    head = {"en": "| command | does |", "zh": "| 命令 | 作用 |"}[language]
    return "\n".join((head, "|---|---|", *rows))


def help_of(*command: str) -> str:
    """What `docqa COMMAND --help` prints, as a code block."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        run(["--lang", "en", *command, "--help"])
    return f"```\n{printed.getvalue().rstrip()}\n```"


@cache
def _demo() -> Path:
    """A home whose library demo holds the sample documents."""
    home = Path(tempfile.mkdtemp(prefix="docqa-readme-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with (
        _at(home),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        run(["demo"])
    return home


@contextlib.contextmanager
def _at(home: Path) -> Iterator[None]:
    before = os.environ["DOCQA_HOME"]
    os.environ["DOCQA_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ["DOCQA_HOME"] = before


def printed(language: str, *command: str) -> str:
    """What a command about the sample documents prints, as a session at a terminal."""
    out = io.StringIO()
    with _at(_demo()), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        run(["--lang", language, *command])
    asked = " ".join(f'"{one}"' if not one.isascii() else one for one in command)
    said = out.getvalue().replace(f"{paths.find_shipped('configs') / 'samples'}/", "").strip()
    return f"```console\n$ docqa {asked}\n{said}\n```"


def exit_codes(language: str) -> str:
    """A table of the exit codes: the error tree's, and those that are no errors."""
    assert set(_EXIT_CODES) == _codes(), "a code without words, or words without a code"
    head = {"en": "| code | meaning |", "zh": "| 退出码 | 含义 |"}[language]
    rows = (f"| {code} | {words[language]} |" for code, words in _EXIT_CODES.items())
    return "\n".join((head, "|---|---|", *rows))


def _codes() -> set[int]:
    kinds: list[type[DocqaError]] = [DocqaError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    named = {value for name, value in vars(exit_codes_module).items() if name.isupper()}
    return {0} | named | {kind.exit_code for kind in kinds}


def settings() -> str:
    """A table of every setting."""
    rows = (f"| `{s.name}` | {_value(s.default)} | {s.description} |" for s in _settings())
    return "\n".join(("| setting | default | meaning |", "|---|---|---|", *rows))


def presets() -> str:
    """The shipped presets with the first line of each."""
    files = sorted(paths.find_shipped("configs").glob("*.toml"))
    lines = {f.stem: f.read_text(encoding="utf-8").splitlines()[0].lstrip("# ") for f in files}
    return "\n".join(f"- `{name}`: {text}" for name, text in lines.items() if name != "default")


def packages(extra: str) -> str:
    """The packages an extra installs."""
    return ", ".join(extras.packages(extra))


def _settings() -> Iterator:
    return iter(known_settings().values())


def _value(value: object) -> str:
    if value in ("", None, (), {}):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
