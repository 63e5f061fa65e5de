"""An answer as one JSON document."""

from collections.abc import Callable
from typing import TypeAlias

from docqa.types import Answer, AnswerStatus, Citation, Found

Locate: TypeAlias = Callable[[str], str | None]
"""Gives the absolute path of a document by its name; None where it is not of the library."""


def answer_json(answer: Answer, locate: Locate) -> dict[str, object]:
    """The shape that `ask --json` prints."""
    engine, usage = answer.engine, answer.usage
    shape: dict[str, object] = {
        "question": answer.question,
        "rewritten": answer.rewritten,
        "status": answer.status.value,
        "confidence": answer.confidence,
        "answer": answer.text,
        "citations": [citation_json(citation, locate) for citation in answer.citations],
        "sentences": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "cites": sentence.cites,
                "supported": sentence.supported,
                "verdict": sentence.verdict,
                "why": sentence.why,
            }
            for sentence in answer.sentences
        ],
        "conflicts": [
            {
                "asked": conflict.asked,
                "values": [
                    {
                        "value": one.value,
                        "citation": citation_json(one.citation, locate),
                        "date": one.date,
                    }
                    for one in conflict.values
                ],
            }
            for conflict in answer.conflicts
        ],
        "thinking": answer.thinking,
        "passages": [_passage(found, locate) for found in answer.passages],
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
        shape["from_documents"] = False
    if answer.status is AnswerStatus.NOT_FOUND:
        shape |= {"nearest": answer.nearest, "unknown_terms": answer.unknown_terms}
    return shape


def citation_json(citation: Citation, locate: Locate) -> dict[str, object]:
    """One citation."""
    return {
        "n": citation.n,
        "document": citation.document,
        "path": locate(citation.document),
        "page": citation.page,
        "page_label": citation.page_label,
        "heading": citation.heading,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "supported": citation.supported,
        "by": citation.by,
    }


def _passage(found: Found, locate: Locate) -> dict[str, object]:
    passage, why = found.passage, found.why
    return {
        "rank": found.rank,
        "score": found.score,
        "document": passage.document,
        "path": locate(passage.document),
        "page": passage.page,
        "page_label": passage.page_label,
        "heading": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "why": {
            "lexical_rank": why.lexical_rank,
            "dense_rank": why.dense_rank,
            "rerank": why.rerank,
        },
    }
