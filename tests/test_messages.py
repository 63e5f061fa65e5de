"""Everything docqa says exists in both languages, and nothing is kept that is never said."""

import re
import string
import tomllib
from pathlib import Path

import pytest

from docqa.cli import COMMANDS
from docqa.configuration import known_settings
from docqa.messages import FOLDER, LANGUAGES, language, messages, say, use_language
from docqa.registries.engines import ENGINES

ROOT = Path(__file__).resolve().parents[1]
AREAS = sorted(path.stem for path in FOLDER.glob("*.toml"))
KEYS = {f"{area}.{name}" for area in AREAS for name in messages(area)}
ENGINE_WORDS = {key for kind in ENGINES for key in (f"tui_status.{kind}", f"tui_home.why_{kind}")}
_TASK_WORD = re.compile(r"^task\.(?:word_|column_)?")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("docqa", "ingest")
    for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("area", AREAS)
def test_every_message_is_in_both_languages_with_the_same_placeholders(area):
    for name, texts in messages(area).items():
        assert set(texts) == set(LANGUAGES), name
        assert _fields(texts["zh"]) == _fields(texts["en"]), name


@pytest.mark.parametrize("area", AREAS)
def test_chinese_messages_are_chinese(area):
    for name, texts in messages(area).items():
        words = string.Formatter().parse(texts["en"])
        if any(len(re.findall(r"[a-z]{3,}", literal)) > 3 for literal, *_ in words):
            assert re.search(r"[\u4e00-\u9fff]", texts["zh"]), name


def test_every_message_said_exists():
    said = set(re.findall(rf"""["']((?:{"|".join(AREAS)})\.[a-z][a-z0-9_]*)["']""", CODE))
    # Settings, modules and files have names of the same form.
    others = {*known_settings(), *COMMANDS.values(), "ingest.running.worker", "library.sqlite"}
    assert not said - KEYS - others


def test_every_message_is_said():
    codes = set(re.findall(r"""["']([a-z][a-z0-9_]*)["']""", CODE))
    unsaid = {
        key
        for key in KEYS
        if f'"{key}"' not in CODE
        and f"'{key}'" not in CODE
        and not (key.endswith("_hint") and key.removesuffix("_hint") in KEYS)
        # Commands and engines are worded by name; ingest gives codes, not keys.
        and not (key.startswith("help_commands.") and _is_command(key))
        and key not in ENGINE_WORDS
        and not (key.startswith("ingest.") and key.partition(".")[2] in codes)
        # Tasks, what they find and its columns are worded by name.
        and not (key.startswith("task.") and _TASK_WORD.sub("", key) in codes)
    }
    assert not unsaid


def test_every_engine_has_its_words_in_the_chat():
    assert ENGINE_WORDS <= KEYS


def test_facts_cannot_bring_escape_sequences_along():
    assert "\x1b" not in say("error.storage", path="a\x1b[31mb", reason="\x1b]0;x\x07c")


def test_the_language_follows_the_environment_and_the_choice(monkeypatch):
    monkeypatch.delenv("DOCQA_LANG")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language() == "zh"
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert language() == "en"
    use_language("zh")
    assert say("error.interrupted") == "已停止。"


def test_message_files_are_valid_toml():
    for path in FOLDER.glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))


def _fields(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def _is_command(key: str) -> bool:
    return key.partition(".")[2] in {*COMMANDS, "title", "docqa"}
