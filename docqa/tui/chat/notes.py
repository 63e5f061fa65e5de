"""The short lines around an answer: what was done for it and what to know about it."""

from collections.abc import Iterator, Sequence

from docqa.clean import clean, one_line
from docqa.messages import language, say
from docqa.terms.display import whole_words
from docqa.tui.text import shorten, tell_apart
from docqa.types import (
    Answer,
    AnswerStatus,
    Budget,
    Conflict,
    EngineKind,
    Progress,
    SearchResult,
    Verdict,
)

_QUOTED = (AnswerStatus.ANSWERED, AnswerStatus.PERHAPS)
_SHOWN, _LONGEST = 5, 40


def opening_words(rewritten: str | None, answer: Answer | None = None) -> str:
    """What to know before the answer: how the question was understood, how sure the reply is."""
    lines = [say("tui_chat.rewritten", question=rewritten)] if rewritten else []
    if answer and answer.status is AnswerStatus.PERHAPS:
        lines.append(say("answer.perhaps"))
        lines.extend(_unknown_words(answer))
    return "\n".join(lines)


def found_words(result: SearchResult) -> str:
    """How many passages the search gave."""
    return say("tui_chat.found", count=len(result.found))


def waiting_words(budget: Budget) -> str:
    """What is being read before the first word, and for how long."""
    if budget.expected_wait and budget.expected_wait >= 1:
        seconds = round(budget.expected_wait)
        return say("tui_chat.reading_for", count=budget.fitted, seconds=seconds)
    return say("tui_chat.reading", count=budget.fitted)


def progress_words(step: Progress) -> str:
    """Where something long stands."""
    words = say(step.message, **{"done": step.done, "total": step.total, **step.facts})
    if step.total:
        return f"{words} {round(100 * step.done / step.total)} %"
    return words


def closing_lines(answer: Answer) -> Iterator[str]:
    """What to know about a finished answer."""
    if answer.status is AnswerStatus.NOT_FOUND:
        yield from _not_found(answer)
    if answer.status is AnswerStatus.CANCELLED:
        yield say("tui_chat.cancelled")
    if not answer.from_documents:
        yield say("tui_chat.own_knowledge")
    yield from _checks(answer)
    yield from map(_conflict, answer.conflicts)
    if answer.engine.kind is EngineKind.QUOTES and answer.status in _QUOTED:
        yield say("tui_chat.quotes")
    elif answer.usage.answer_tokens:
        yield _cost(answer)
    if answer.confidence is not None and answer.status in _QUOTED:
        # Nothing is certain.
        yield say("tui_chat.confidence", share=min(99, round(100 * answer.confidence)))


def _checks(answer: Answer) -> Iterator[str]:
    """What the check found against single sentences."""
    wrong = [one for one in answer.sentences if one.verdict is Verdict.CONTRADICTED]
    unsupported = sum(not one.supported for one in answer.sentences) - len(wrong)
    if wrong:
        yield say("tui_chat.contradicted", count=len(wrong))
        yield from (f"    {clean(one.why)}" for one in wrong if one.why)
    if unsupported > 0:
        yield say("tui_chat.unsupported", count=unsupported)


def _conflict(conflict: Conflict) -> str:
    """The values that the documents give for the same thing."""
    lines = [say("tui_chat.conflict", asked=clean(conflict.asked))]
    names = tell_apart(one.citation.document for one in conflict.values)
    for one in conflict.values:
        document = shorten(one_line(names[one.citation.document]), _LONGEST)
        when = f" · {one.date}" if one.date else ""
        lines.append(f"    {one_line(one.value)}[{one.citation.n}] · {document}{when}")
    return "\n".join(lines)


def _join_names(names: Sequence[str]) -> str:
    return ("、" if language() == "zh" else ", ").join(names[:_SHOWN])


def _not_found(answer: Answer) -> Iterator[str]:
    yield say("tui_chat.looked_for", question=answer.rewritten or answer.question)
    yield from _unknown_words(answer)
    if answer.nearest:
        names = [shorten(name, _LONGEST) for name in tell_apart(answer.nearest).values()]
        yield say("ask.nearest", documents=_join_names(names))


def _unknown_words(answer: Answer) -> Iterator[str]:
    if answer.unknown_terms:
        yield say("search.unknown", terms=_join_names(whole_words(answer.unknown_terms)))


def _cost(answer: Answer) -> str:
    usage = answer.usage
    seconds = answer.seconds.get("total") or sum(answer.seconds.values())
    return say(
        "tui_chat.cost",
        answer=usage.answer_tokens,
        prompt=usage.prompt_tokens,
        reused=usage.reused_tokens,
        seconds=round(seconds, 1),
    )
