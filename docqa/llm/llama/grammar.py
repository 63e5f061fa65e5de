"""Grammars that hold an answer to a JSON schema; only well-formed ones reach llama.cpp."""

import json
import re
from collections.abc import Mapping

from llama_cpp.llama_grammar import json_schema_to_gbnf

from docqa.errors import ModelError

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|\{[\d,]*\}')
_NAME = re.compile(r"[A-Za-z0-9-]+")
# Built-in rules that may match nothing; left recursion can hide behind them.
_SIGNS = "()|*+?. \n\t"


def grammar(schema: Mapping[str, object]) -> str:
    """The grammar of a JSON schema, checked; ModelError where there is none."""
    try:
        text: str = json_schema_to_gbnf(json.dumps(schema))
    except (
        AssertionError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise ModelError("llm.grammar", reason=error) from error
    check(text)
    return text


def check(text: str) -> None:
    """Refuse what llama.cpp would print about and then crash on."""
    rules = dict(line.split(" ::= ", 1) for line in text.splitlines() if " ::= " in line)
    if not rules.get("root", "").strip():
        raise ModelError("llm.grammar", reason="root")
    bare = {name: _QUOTED.sub(' "" ', body) for name, body in rules.items()}
    for name, body in bare.items():
        unknown = [used for used in _NAME.findall(body) if used not in rules]
        strange = _NAME.sub("", body).replace('""', "").strip(_SIGNS)
        if unknown or body.count("(") != body.count(")") or not set(strange) <= set(_SIGNS):
            raise ModelError("llm.grammar", reason=f"{name}: {unknown or body}")
        if _begins_with_itself(name, bare):
            raise ModelError("llm.grammar", reason=f"{name} ::= {name} …")


def _begins_with_itself(name: str, rules: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for first in _first_names(rules[waiting.pop()]):
            if first == name:
                return True
            if first not in seen:
                seen.add(first)
                waiting.append(first)
    return False


def _first_names(body: str) -> list[str]:
    """Rules that may come first in a rule; what is optional may be passed over."""
    found = []
    for option in re.split(r"\|", body):
        for match in re.finditer(r'""|([A-Za-z0-9-]+)([*?]?)', option):
            if match.group(1) is None:
                break
            found.append(match.group(1))
            if not match.group(2) and match.group(1) != "space":
                break
    return found
