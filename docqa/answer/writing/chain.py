"""The chain of a model's answer in LangChain's expression language: each step adds its part."""

from typing import Any, Protocol, cast

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import (
    Runnable,
    RunnableBranch,
    RunnableConfig,
    RunnableLambda,
    RunnablePassthrough,
)

from docqa.answer.writing.state import Packed, Standalone, State
from docqa.retrieval.retriever import FoundDocuments, LibraryRetriever
from docqa.types import Cancelled, SearchRequest, SearchResult

Chain = Runnable[Any, Any]


class ChainSteps(Protocol):
    """What the chain is made of."""

    def question(self, state: State, config: RunnableConfig) -> Standalone:
        """The question as it stands alone."""
        ...

    def search_request(self, state: State) -> SearchRequest:
        """What to look for."""
        ...

    def retriever(self) -> LibraryRetriever:
        """What looks for it."""
        ...

    def with_material(self, state: State, result: SearchResult) -> SearchResult:
        """What was found, with what was handed over."""
        ...

    def pack(self, state: State) -> Packed | None:
        """The prompt, or None where there is nothing to answer from."""
        ...

    def writer(self, cancelled: Cancelled) -> Chain:
        """The model, ready to answer in the form that was asked for."""
        ...


def answer_chain(steps: ChainSteps, cancelled: Cancelled) -> Chain:
    """question, result, packed, reply, one after the other; no reply where nothing was packed."""

    def find(state: dict[str, Any], config: RunnableConfig) -> SearchResult:
        request = steps.search_request(_look_up(state))
        found = steps.retriever().invoke(request.query, config, request=request)
        # A retriever promises no more than a list; ours brings the whole result.
        return steps.with_material(_look_up(state), cast("FoundDocuments", found).result)

    def rewrite(state: dict[str, Any], config: RunnableConfig) -> Standalone:
        return steps.question(_look_up(state), config)

    def pack(state: dict[str, Any]) -> Packed | None:
        return steps.pack(_look_up(state))

    def word(_messages: list[BaseMessage]) -> Chain:
        # Chosen only now: a question that nothing answers need not load the model.
        return steps.writer(cancelled)

    def prompt(state: dict[str, Any]) -> list[BaseMessage]:
        packed = state["packed"]
        return list(packed.messages) if packed else []

    answered: Chain = RunnableLambda(prompt, name="prompt") | RunnableLambda(word, name="word")
    refused: Chain = RunnableLambda(_silence, name="refuse")
    return (
        RunnablePassthrough.assign(question=RunnableLambda(rewrite, name="rewrite"))
        | RunnablePassthrough.assign(result=RunnableLambda(find, name="find"))
        | RunnablePassthrough.assign(packed=RunnableLambda(pack, name="pack"))
        | RunnablePassthrough.assign(reply=RunnableBranch((_is_packed, answered), refused))
    ).with_config(run_name="answer")


def _look_up(state: dict[str, Any]) -> State:
    """LangChain hands on a plain dictionary; its parts are those of a State."""
    return cast("State", state)


def _silence(_state: dict[str, Any]) -> AIMessageChunk:
    return AIMessageChunk(content="")


def _is_packed(state: dict[str, Any]) -> bool:
    return state["packed"] is not None
