"""Adds up the tokens that the calls of one answer take."""

from langchain_core.messages import AIMessageChunk

from docqa.llm.reply import ACCEPTED, DRAFTED
from docqa.types import Usage


def add_usage(before: Usage, chunk: AIMessageChunk) -> Usage:
    """The tokens so far, with what this piece reports; most pieces report nothing."""
    spent, facts = chunk.usage_metadata, chunk.response_metadata
    if not spent:
        return before
    return Usage(
        before.prompt_tokens + spent["input_tokens"],
        before.reused_tokens + spent.get("input_token_details", {}).get("cache_read", 0),
        before.answer_tokens + spent["output_tokens"],
        before.drafted_tokens + facts.get(DRAFTED, 0),
        before.accepted_tokens + facts.get(ACCEPTED, 0),
    )
