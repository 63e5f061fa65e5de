"""Has a model turn a follow-up into a question that stands alone."""

import re
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from docqa import prompts
from docqa.answer.checking.marks import without_marks
from docqa.answer.followup import is_incomplete, names_nothing, stand_alone
from docqa.answer.language import language_of
from docqa.clean import one_line
from docqa.markup import neutralise
from docqa.terms import cut
from docqa.types import Turn

_MOST_TOKENS = 96
_MOST_CHARACTERS = 200
_TURNS = 2
_ANSWER_CHARACTERS = 120
# What only the prompt says: a small model repeats the conversation.
_FRAME = re.compile(r"对话\s*[:：]|的问题\s*[:：]|conversation:|question:", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:改写后的问题|改写|问题|rewritten question|question)\s*[:：]\s*", re.I)


def standalone_by_model(
    question: str,
    turns: Sequence[Turn],
    chat: Runnable[Any, Any],
    config: RunnableConfig | None = None,
) -> str | None:
    """The model's wording where it is sound, else the one made of the conversation's terms."""
    chain = (
        RunnableLambda(_prompt, name="rewrite prompt")
        | chat.bind(max_tokens=_MOST_TOKENS)
        | StrOutputParser()
    )
    words = chain.invoke({"question": question, "turns": turns}, config)
    rewritten = _LABEL.sub("", one_line(words)).strip('"“”「」 ')
    completed = not set(cut(rewritten)) <= set(cut(question))
    stands = not is_incomplete(question) and not names_nothing(question)
    if rewritten and not completed and stands:
        return None
    # A model that only repeats what points back has completed nothing.
    if completed and _sound(rewritten, question, turns):
        return rewritten
    return stand_alone(question, turns)


def _prompt(parts: dict[str, Any]) -> list[HumanMessage]:
    question: str = parts["question"]
    lines = []
    for turn in parts["turns"][-_TURNS:]:
        answer = one_line(without_marks(turn.answer.text))[:_ANSWER_CHARACTERS]
        lines += [f"- {turn.answer.rewritten or turn.question}", f"  {answer}"]
    prompt = prompts.load("rewrite", language_of(question))
    return [HumanMessage(prompt.fill(history=neutralise("\n".join(lines)), question=question))]


def _sound(rewritten: str, question: str, turns: Sequence[Turn]) -> bool:
    """A question made of what was said: no answer, no essay, nothing from elsewhere."""
    if not rewritten or len(rewritten) > _MOST_CHARACTERS or _FRAME.search(rewritten):
        return False
    said = set(cut(question))
    for turn in turns[-_TURNS:]:
        said.update(cut(f"{turn.question} {turn.answer.rewritten or ''} {turn.answer.text}"))
    terms = cut(rewritten)
    known = sum(term in said for term in terms)
    kept = set(cut(question)) & set(terms)
    return bool(kept) and known >= 0.6 * len(terms)
