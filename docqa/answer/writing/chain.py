"""The chain of a model's answer in LangChain's expression language: each step adds its part."""

from collections.abc import Callable
from typing import Any, Protocol, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import (
    Runnable,
    RunnableBranch,
    RunnableConfig,
    RunnableLambda,
    RunnablePassthrough,
)
from pydantic import PrivateAttr

from docqa.answer.writing.state import Packed, Standalone, State
from docqa.types import Cancelled, SearchResult

Chain = Runnable[Any, Any]


class ChainSteps(Protocol):
    """What the chain is made of."""

    def question(self, state: State, config: RunnableConfig) -> Standalone:
        """The question as it stands alone."""
        ...

    def result(self, state: State) -> SearchResult:
        """What the library holds of it."""
        ...

    def packed(self, state: State) -> Packed | None:
        """The prompt, or None where there is nothing to answer from."""
        ...

    def chat(self) -> BaseChatModel:
        """The model."""
        ...

    def reserve(self) -> int:
        """Tokens that the answer may take."""
        ...


class Finder(BaseRetriever):
    """One search of the chain: documents for LangChain, and the whole result for us."""

    search: Callable[[], SearchResult]
    _result: SearchResult | None = PrivateAttr(default=None)

    @property
    def result(self) -> SearchResult:
        """What was found."""
        assert self._result is not None
        return self._result

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        self._result = self.search()
        return [
            Document(
                id=str(found.passage.id),
                page_content=found.passage.text,
                metadata={
                    "source": found.passage.document,
                    "page": found.passage.page,
                    "start": found.passage.start,
                    "end": found.passage.end,
                    "score": found.score,
                },
            )
            for found in self._result.found
        ]


def answer_chain(steps: ChainSteps, cancelled: Cancelled) -> Chain:
    """question, result, packed, reply, one after the other; no reply where nothing was packed."""

    def find(state: dict[str, Any], config: RunnableConfig) -> SearchResult:
        finder = Finder(search=lambda: steps.result(_known(state)))
        finder.invoke(state["question"].text, config)
        return finder.result

    def rewrite(state: dict[str, Any], config: RunnableConfig) -> Standalone:
        return steps.question(_known(state), config)

    def pack(state: dict[str, Any]) -> Packed | None:
        return steps.packed(_known(state))

    def word(_messages: list[BaseMessage]) -> Chain:
        # Chosen only now: a question that nothing answers need not load the model.
        return steps.chat().bind(cancelled=cancelled, max_tokens=steps.reserve())

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


def _known(state: dict[str, Any]) -> State:
    """LangChain hands on a plain dictionary; its parts are those of a State."""
    return cast("State", state)


def _silence(_state: dict[str, Any]) -> AIMessageChunk:
    return AIMessageChunk(content="")


def _is_packed(state: dict[str, Any]) -> bool:
    return state["packed"] is not None
