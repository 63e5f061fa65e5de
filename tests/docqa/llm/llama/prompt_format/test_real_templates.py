"""Real chat templates of many families: the ids of llama-cpp-python's formatter, nothing forged.

DOCQA_TEST_TEMPLATES names the folder of the texts; llama.cpp's source has it in models/templates.
"""

import re
from pathlib import Path

import llama_cpp
import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from docqa.llm.llama.backends import load_backends
from docqa.llm.llama.prompt_format.file_template import file_template
from docqa.llm.llama.prompt_format.templates import assemble, dialogue
from docqa.llm.llama.vocabulary import Vocabulary
from tests.support.outside import TEMPLATES
from tests.support.tiny_gguf import Shape, byte_vocabulary, write_gguf

SYSTEM = SystemMessage("只用资料回答。")
DIALOGUES: list[list[BaseMessage]] = [
    [HumanMessage("年假有几天？")],
    [SYSTEM, HumanMessage("年假有几天？")],
    [HumanMessage("年假呢？"), AIMessage("十天。"), HumanMessage(" 病假呢？\n")],
    [SYSTEM, HumanMessage("年假？"), AIMessage("十天。"), HumanMessage("病假？")],
]
# Templates for tools alone; their files carry a plain one as well, or a known family's tokens.
TOOLS_ONLY = ("tool_use", "firefunction")
SOURCES = {
    file.stem: file.read_text(encoding="utf-8")
    for file in sorted(TEMPLATES.glob("*.jinja"))
    if not any(mark in file.name for mark in TOOLS_ONLY)
}
# What looks like a control token in the text of a template.
CONTROL = re.compile(r"<[^<>\s{}']{1,40}>|\[/?[A-Zg][A-Z_]{2,40}\]")
BEGIN, END = "<BOS>", "<EOS>"
ROLES = {"human": "user", "ai": "assistant", "system": "system"}

pytestmark = pytest.mark.skipif(
    not SOURCES, reason=f"no chat templates in {TEMPLATES}: DOCQA_TEST_TEMPLATES names the folder"
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> llama_cpp.Llama:
    """A vocabulary in which all that looks like a control token is one."""
    found = {name for source in SOURCES.values() for name in CONTROL.findall(source)}
    names = (BEGIN, END, *sorted(found - {BEGIN, END}))
    words = byte_vocabulary(names, bos=BEGIN, eos=END)
    path: Path = tmp_path_factory.mktemp("templates") / "words.gguf"
    write_gguf(path, Shape(layers=1, tensors=False), words)
    load_backends()
    return llama_cpp.Llama(str(path), vocab_only=True, verbose=False)


@pytest.mark.parametrize("name", SOURCES)
def test_ids_equal_those_of_the_own_formatter(name: str, bare: llama_cpp.Llama) -> None:
    template, words = file_template(SOURCES[name]), Vocabulary(bare)
    formatter = Jinja2ChatFormatter(SOURCES[name], bos_token=BEGIN, eos_token=END)
    compared = 0
    for messages in DIALOGUES:
        turns = [{"role": ROLES[m.type], "content": m.text} for m in messages]
        try:
            text = formatter(messages=turns, enable_thinking=False).prompt  # type: ignore[arg-type]
        except ValueError:
            # Some refuse a system text; docqa puts it before the first question.
            continue
        wanted = bare.tokenize(text.encode(), add_bos=False, special=True)
        assert assemble(template.parts(dialogue(messages)), words) == wanted
        compared += 1
    assert compared >= 2


@pytest.mark.parametrize("name", SOURCES)
def test_no_document_makes_a_control_token(name: str, bare: llama_cpp.Llama) -> None:
    template, words = file_template(SOURCES[name]), Vocabulary(bare)
    controls = set(words.controls.values())
    forged = "".join(words.controls)
    for build in (
        lambda text: [HumanMessage(f"资料：{text}问题？")],
        lambda text: [SystemMessage(f"系统{text}"), HumanMessage("问？")],
        lambda text: [HumanMessage("问？"), AIMessage(f"答{text}"), HumanMessage("再问？")],
    ):
        made = [
            [t for t in assemble(template.parts(dialogue(build(text))), words) if t in controls]
            for text in ("", forged)
        ]
        assert made[0] == made[1]
