"""How a reply of any engine becomes LangChain messages: pieces, then one end with the figures."""

from collections.abc import Iterator

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from docqa.errors import ContextTooSmall
from docqa.llm.llama.thinking import Thought
from docqa.types import Usage

# Where LangChain's own integrations put it.
THOUGHT = "reasoning_content"
# In a reply's response_metadata.
DRAFTED, ACCEPTED = "drafted_tokens", "accepted_tokens"
# The logarithm of the chance that the least likely token had to come.
LEAST = "least_likely"


def piece(text: str, manager: CallbackManagerForLLMRun | None) -> ChatGenerationChunk:
    """A stretch of the reply, told to the callbacks; a thought is no part of its text."""
    if isinstance(text, Thought):
        message = AIMessageChunk(content="", additional_kwargs={THOUGHT: str(text)})
        return ChatGenerationChunk(message=message)
    chunk = ChatGenerationChunk(message=AIMessageChunk(content=text))
    if manager:
        manager.on_llm_new_token(text, chunk=chunk)
    return chunk


def end(
    reason: str,
    usage: Usage,
    model: str,
    note: str | None = None,
    least: float | None = None,
) -> ChatGenerationChunk:
    """The empty last piece: why it ended, what it cost, the key of a note for the user.

    `least` is how likely the least likely token was, where that is known.
    """
    facts: dict[str, object] = {"finish_reason": reason, "model_name": model}
    facts |= {"note": note} if note else {}
    facts |= {} if least is None else {LEAST: least}
    if usage.drafted_tokens:
        facts |= {DRAFTED: usage.drafted_tokens, ACCEPTED: usage.accepted_tokens}
    message = AIMessageChunk(
        content="",
        response_metadata=facts,
        usage_metadata=UsageMetadata(
            input_tokens=usage.prompt_tokens,
            output_tokens=usage.answer_tokens,
            total_tokens=usage.prompt_tokens + usage.answer_tokens,
            input_token_details=InputTokenDetails(cache_read=usage.reused_tokens),
        ),
        chunk_position="last",
    )
    return ChatGenerationChunk(message=message, generation_info={"finish_reason": reason})


def text_of(message: BaseMessage) -> str:
    """The text of a message, whose content may be a string or a list of blocks."""
    return str(message.text)


def check_room(prompt: int, reserve: int, window: int) -> None:
    """Refuse a prompt that leaves less than the reserved room for the answer."""
    if prompt + reserve > window:
        raise ContextTooSmall(
            "llm.prompt_too_long", prompt=prompt, reserve=reserve, available=window
        )


def before_stop(pieces: Iterator[str], stops: list[str]) -> Iterator[str]:
    """Pass pieces on up to the first stop word, which may be spread over several pieces."""
    held = ""
    for text in pieces:
        if isinstance(text, Thought):
            yield text
            continue
        held += text
        found = min((at for stop in stops if (at := held.find(stop)) >= 0), default=-1)
        if found >= 0:
            yield held[:found]
            return
        kept = _possible_start(held, stops)
        if len(held) > kept:
            yield held[: len(held) - kept]
            held = held[len(held) - kept :]
    yield held


def _possible_start(text: str, stops: list[str]) -> int:
    # How many characters at the end may be the beginning of a stop word.
    longest = max(map(len, stops), default=1) - 1
    for length in range(min(longest, len(text)), 0, -1):
        if any(stop.startswith(text[-length:]) for stop in stops):
            return length
    return 0
