"""The reply where the documents do not answer: what was looked for, and what came nearest."""

from docqa import prompts
from docqa.types import SearchResult

_NEAREST = 3
PERHAPS = "answer.perhaps"
"""Key of the line above an answer that is not certain."""


def refusal(language: str) -> str:
    """The fixed sentence for `not in the documents`."""
    return prompts.load("refusal", language).template


def is_refusal(answer: str, language: str) -> bool:
    """Whether a model's answer is the fixed sentence."""
    plain = answer.strip().strip('。."“”')
    sentence = refusal(language).strip("。.")
    return plain.startswith(sentence) and len(plain) <= len(sentence) + 8


def nearest(result: SearchResult) -> tuple[str, ...]:
    """The documents nearest to the question, each once."""
    return tuple(dict.fromkeys(one.passage.document for one in result.found))[:_NEAREST]
