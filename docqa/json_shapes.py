"""Answers, citations and passages as plain values: what `--json`, HTTP and MCP give alike."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from docqa.types import Answer, AnswerStatus, CheckedPart, Citation, Found, Passage, Sentence

Values: TypeAlias = dict[str, Any]
Link: TypeAlias = Callable[[str, int | None], Mapping[str, object]]
"""Gives what leads to a page of a document, by the document's name: its path, or a link."""


def answer_values(answer: Answer, link: Link) -> Values:
    """A whole answer."""
    engine, usage = answer.engine, answer.usage
    values: Values = {
        "question": answer.question,
        "rewritten": answer.rewritten,
        "status": answer.status.value,
        "confidence": answer.confidence,
        "answer": answer.text,
        "citations": [citation_values(citation, link) for citation in answer.citations],
        "sentences": [_sentence(sentence) for sentence in answer.sentences],
        "conflicts": [
            {
                "asked": conflict.asked,
                "values": [
                    {
                        "value": one.value,
                        "citation": citation_values(one.citation, link),
                        "date": one.date,
                    }
                    for one in conflict.values
                ],
            }
            for conflict in answer.conflicts
        ],
        "thinking": answer.thinking,
        "passages": [found_values(found, link) for found in answer.passages],
        "engine": {
            "kind": engine.kind.value,
            "model": engine.model,
            "context": engine.context,
            "gpu_layers": engine.gpu_layers,
        },
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "reused_tokens": usage.reused_tokens,
            "answer_tokens": usage.answer_tokens,
            "drafted_tokens": usage.drafted_tokens,
            "accepted_tokens": usage.accepted_tokens,
        },
        "seconds": answer.seconds,
        "session": answer.session,
    }
    if not answer.from_documents:
        values["from_documents"] = False
    if answer.status is AnswerStatus.NOT_FOUND:
        values["nearest"] = list(answer.nearest)
    if answer.status in (AnswerStatus.NOT_FOUND, AnswerStatus.PERHAPS):
        values["unknown_terms"] = list(answer.unknown_terms)
    return values


def checked_values(part: CheckedPart, link: Link) -> Values:
    """One sentence of a text that was checked."""
    sentence = _sentence(part.sentence)
    return {
        "text": part.text,
        **{key: sentence[key] for key in ("start", "end", "verdict", "why")},
        "citations": [citation_values(citation, link) for citation in part.citations],
    }


def citation_values(citation: Citation, link: Link) -> Values:
    """One citation."""
    return {
        "n": citation.n,
        "document": citation.document,
        **link(citation.document, citation.page),
        "page": citation.page,
        "page_label": citation.page_label,
        "heading": list(citation.heading),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "supported": citation.supported,
        "by": citation.by.value,
    }


def found_values(found: Found, link: Link) -> Values:
    """One passage that was found, and why."""
    why = found.why
    return {
        "rank": found.rank,
        "score": found.score,
        **passage_values(found.passage, link),
        "why": {
            "lexical_rank": why.lexical_rank,
            "dense_rank": why.dense_rank,
            "rerank": why.rerank,
        },
    }


def passage_values(passage: Passage, link: Link) -> Values:
    """One passage."""
    return {
        "document": passage.document,
        **link(passage.document, passage.page),
        "page": passage.page,
        "page_label": passage.page_label,
        "heading": list(passage.heading),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }


def _sentence(sentence: Sentence) -> Values:
    return {
        "start": sentence.start,
        "end": sentence.end,
        "cites": list(sentence.cites),
        "supported": sentence.supported,
        "verdict": sentence.verdict.value if sentence.verdict else None,
        "why": sentence.why,
    }
