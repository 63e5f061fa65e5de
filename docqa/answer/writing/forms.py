"""Answers in a fixed form, held to it by a grammar: yes or no, one of several, a number."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docqa.answer.not_found import refusal
from docqa.errors import UsageError
from docqa.llm.reply import LEAST

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

YES_NO, NUMBER = "yes-no", "number"
_YES_NO: Mapping[str, tuple[str, str]] = {"zh": ("是", "否"), "en": ("yes", "no")}
_UNKNOWN: Mapping[str, str] = {"zh": "资料没有说明", "en": "not stated"}
_ASK: Mapping[str, str] = {
    "zh": "（只回答：{choices}）",
    "en": " (Answer only: {choices})",
}
_ASK_NUMBER: Mapping[str, str] = {
    "zh": "（只回答一个数；资料没有说明则回答 null）",
    "en": " (Answer with one number only, or null where it is not stated)",
}
_MOST_CHOICES = 20


class Form(Struct, frozen=True):
    """What an answer may be, in the language of its question."""

    language: str
    choices: tuple[str, ...] = ()
    """None for a number."""

    @classmethod
    def of(cls, written: str, language: str) -> "Form | None":
        """The form: `yes-no`, `number`, or choices between bars; None for free text."""
        if not written:
            return None
        if written == NUMBER:
            return cls(language)
        if written == YES_NO:
            return cls(language, _YES_NO[language])
        choices = tuple(filter(None, (choice.strip() for choice in written.split("|"))))
        if not 1 < len(set(choices)) == len(choices) <= _MOST_CHOICES:
            raise UsageError("answer.form_unknown", form=written)
        return cls(language, choices)

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema that the model's grammar is made of."""
        value: dict[str, object] = {"enum": [*self.choices, _UNKNOWN[self.language]]}
        if not self.choices:
            value = {"anyOf": [{"type": "number"}, {"type": "null"}]}
        return {
            "type": "object",
            "properties": {"answer": value},
            "required": ["answer"],
            "additionalProperties": False,
        }

    @property
    def request(self) -> str:
        """What is added to the question, so that the model knows its choices."""
        if not self.choices:
            return _ASK_NUMBER[self.language]
        between = "、" if self.language == "zh" else ", "
        return _ASK[self.language].format(
            choices=between.join([*self.choices, _UNKNOWN[self.language]])
        )

    def read(self, message: "BaseMessage") -> Any:
        """The model's JSON as the words of the answer; unfinished JSON is no answer."""
        from langchain_core.messages import AIMessageChunk

        try:
            value = json.loads(str(message.text))["answer"]
        except (ValueError, KeyError, TypeError):
            value = None
        unknown = value is None or value == _UNKNOWN[self.language]
        words = refusal(self.language) if unknown else _words(value)
        # How likely words were tells nothing where a grammar forced them.
        facts = {name: value for name, value in message.response_metadata.items() if name != LEAST}
        return AIMessageChunk(
            content=words,
            response_metadata=facts,
            usage_metadata=getattr(message, "usage_metadata", None),
        )


def _words(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
