from collections.abc import Mapping
from pathlib import Path

import pytest

from docqa.answer.not_found import refusal
from docqa.answer.writing.forms import Form
from docqa.errors import ModelError
from docqa.llm.llama.grammar import check, grammar
from tests.support.opening import Open

SCHEMA = {
    "type": "object",
    "properties": {
        "回答": {"type": "string", "maxLength": 20},
        "来源": {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
        "类型": {"enum": ["年假", "病假(附证明)"]},
        "上级": {"anyOf": [{"$ref": "#/$defs/person"}, {"type": "null"}]},
    },
    "required": ["回答"],
    "$defs": {"person": {"type": "object", "properties": {"上级": {"$ref": "#/$defs/person"}}}},
}


def test_a_schema_becomes_a_grammar_that_llama_cpp_takes(quoting: Path, open_tiny: Open) -> None:
    answer = open_tiny(quoting).chat.invoke("谁？", json_schema=SCHEMA)
    assert str(answer.content).startswith("{")


@pytest.mark.parametrize("written", ["yes-no", "number", "按月|按季"])
def test_a_form_holds_any_model_to_its_choices(
    written: str, quoting: Path, open_tiny: Open
) -> None:
    form = Form.of(written, "zh")
    assert form is not None
    reply = open_tiny(quoting, max_tokens=60).chat.invoke("几号？", json_schema=form.schema)
    words = str(form.read(reply).text)
    number = words.replace(".", "").replace("-", "").replace("e+", "")
    assert words in (*form.choices, refusal("zh")) or number.isdecimal()


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/nope"},
        {"$ref": "#"},
        {"enum": []},
        {"type": "nonsense"},
        {"type": "string", "pattern": "^(?=a)$"},
        {"type": "object", "properties": {"a": {"$ref": "http://x.invalid/y"}}},
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        {"enum": ['带引号的"词"']},
    ],
)
def test_a_schema_without_a_grammar_is_refused(schema: Mapping[str, object]) -> None:
    with pytest.raises(ModelError):
        grammar(schema)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "root ::= ",
        "root ::= nope",
        'root ::= ("a"',
        'root ::= "a" & "b"',
        'root ::= root "a" | "b"',
        'root ::= a\na ::= b? root\nb ::= "x"',
    ],
)
def test_what_llama_cpp_would_crash_on_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        check(text)
