"""One question worked on by a model: the steps that its chain is made of."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from docqa import prompts
from docqa.answer.language import language_of
from docqa.answer.retrieve import Search, Steps
from docqa.answer.writing.budget import Budgeter, Patience
from docqa.answer.writing.forms import Form
from docqa.answer.writing.prompts import Prompter, harmless
from docqa.answer.writing.rewrite import standalone_by_model
from docqa.answer.writing.state import Packed, Standalone, State
from docqa.errors import UsageError
from docqa.llm.model import Model
from docqa.retrieval.retriever import LibraryRetriever
from docqa.settings import Settings
from docqa.stores.records.library import Library
from docqa.types import (
    AskRequest,
    Budget,
    Cancelled,
    EngineKind,
    Passage,
    SearchRequest,
    SearchResult,
    Turn,
)


class Work:
    """Understands, searches and packs one question; loads the model when it is needed."""

    def __init__(
        self,
        library: Library,
        search: Search,
        settings: Settings,
        open_model: Callable[[], Model],
        request: AskRequest,
        turns: Sequence[Turn],
        cancelled: Cancelled,
        kept: Sequence[Passage] = (),
        readings: Callable[[], Iterable[Sequence[Passage]]] = tuple,
    ) -> None:
        """Nothing is done yet."""
        self.request = request
        self.turns = turns
        self._library = library
        self._settings = settings
        self._open_model = open_model
        self._cancelled = cancelled
        self._kept = kept
        self._readings = readings
        self._search = search
        self.steps = Steps(search, settings)
        self._form = Form.of(request.form, language_of(request.question))

    @property
    def start(self) -> State:
        """What the chain begins with."""
        return State(request=self.request)

    def question(self, state: State, config: RunnableConfig | None = None) -> Standalone:
        """The question as it stands alone."""
        asked = state["request"].question
        if not self.steps.leans_on(self.request, self.turns):
            return Standalone(asked)
        chat = self.chat().bind(cancelled=self._cancelled)
        return Standalone(asked, standalone_by_model(asked, self.turns, chat, config))

    def result(self, state: State) -> SearchResult:
        """What the library holds of it."""
        return self.steps.find(self.request, state["question"])

    def search_request(self, state: State) -> SearchRequest:
        """What to look for."""
        return self.steps.search_request(self.request, state["question"])

    def with_material(self, state: State, result: SearchResult) -> SearchResult:
        """What was found, with what was handed over."""
        return self.steps.with_material(self.request, state["question"], result)

    def retriever(self) -> LibraryRetriever:
        """What looks for it, as LangChain knows it."""
        return LibraryRetriever(search=self._search)

    def pack(self, state: State) -> Packed | None:
        """The prompt, or None where there is nothing to answer from."""
        if self._cancelled():
            return None
        if self.steps.judge(state["question"], state["result"]).is_found:
            return self.prompt_for(state)
        # Words alone do not refuse where the model can read everything that was asked about.
        if whole := self._whole_scope(state):
            return whole
        return self.pack_open(state["question"]) if self.request.open else None

    def prompt_for(self, state: State) -> Packed:
        """The prompt that holds what was found, however well it fits the question."""
        patience = Patience.of(self._settings.answer, thorough=self.request.thorough)
        prompter = self.prompter(state["question"])
        found = state["result"].found
        return self.budgeter().pack(prompter, found, patience, self._kept, self._readings)

    def _whole_scope(self, state: State) -> Packed | None:
        """The prompt that holds every document in scope, where the window has room for them."""
        documents = self._library.documents(self.request.scope)
        prompter = self.prompter(state["question"])
        return self.budgeter().pack_whole(prompter, documents, self._readings)

    def refinement(self, question: Standalone, before: Packed, answer: str) -> Packed | None:
        """The prompt that improves an answer with passages that did not fit before."""
        return self.budgeter().pack_further(self.prompter(question), before, answer)

    def again(self, packed: Packed, quote: str) -> tuple[BaseMessage, ...] | None:
        """The same prompt, asking to begin from this quote; None where the window has no room.

        What was read stays read.
        """
        *before, last = packed.messages
        hint = prompts.load("again", language_of(self.request.question)).fill(quote=harmless(quote))
        messages = (*before, HumanMessage(f"{last.text}\n{hint}"))
        fits = self.model().count(messages) + self.reserve() <= self.model().window
        return messages if fits else None

    def prompter(self, question: Standalone) -> Prompter:
        """What words the prompts of this question."""
        turns = self.budgeter().history(self.turns)
        short = self.model().wants_short_prompts
        asked = question.text + (self._form.request if self._form else "")
        return Prompter(asked, turns, self.request.extra, short=short)

    def budgeter(self) -> Budgeter:
        """What shares out the model's window."""
        return Budgeter(self._library, self.model(), self._settings.model.max_tokens)

    def model(self) -> Model:
        """The model, loaded."""
        return self._open_model()

    def chat(self) -> BaseChatModel:
        """The model as LangChain knows it."""
        return self.model().chat

    def writer(self, cancelled: Cancelled) -> Runnable[Any, Any]:
        """The model, ready to answer in the form that was asked for."""
        bound = self.chat().bind(cancelled=cancelled, max_tokens=self.reserve())
        if self._form is None:
            return bound
        if self.model().info.kind is not EngineKind.LLAMA:
            raise UsageError("answer.form_needs_llama")
        return bound.bind(json_schema=self._form.schema) | RunnableLambda(self._form.read)

    def reserve(self) -> int:
        """Tokens that the answer may take."""
        return self.budgeter().reserve

    def pack_open(self, question: Standalone) -> Packed:
        """The prompt for an answer from the model's own knowledge."""
        messages = tuple(Prompter(question.text).open_messages())
        model = self.model()
        # Counted as text: a template takes no rules without a question.
        system = model.count_text(str(messages[0].text))
        budget = Budget(
            window=model.window,
            system=system,
            history=0,
            question=model.count(messages) - system,
            passages=0,
            reserve=self.reserve(),
            found=0,
            fitted=0,
        )
        return Packed((), budget, messages)
