"""Shares out the window, and keeps the wait for the first word within the user's patience."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.writing.packing import Chosen, Packer, stretch
from docqa.answer.writing.prompts import Prompter
from docqa.answer.writing.state import Packed
from docqa.errors import ContextTooSmall
from docqa.settings import AnswerSettings
from docqa.stores.records.library import Library
from docqa.types import Budget, DocumentInfo, Found, Passage, Turn, Why

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from docqa.llm.model import Model

# The answer may take no more than this part of the window, however much room it is given.
_RESERVE_SHARE = 3
_HISTORY_SHARE = 4
# Where the speed is not known yet, no more is read than was found.
_UNKNOWN_SPEED_TOKENS = 2000
# So many of the best passages must have been read for a prompt to serve again.
_BEST = 3
_MOST = 2
_SLACK_SHARE = 50
# English has about four characters to a token, Chinese fewer than two.
_MOST_CHARACTERS_A_TOKEN = 5


class Patience(Struct, frozen=True):
    """How long the first word may take; None for as long as it takes."""

    seconds: float | None

    @classmethod
    def of(cls, settings: AnswerSettings, *, thorough: bool) -> "Patience":
        """The patience of a request."""
        return cls(None if thorough or settings.thorough else settings.patience)

    def tokens(self, model: "Model") -> int | None:
        """Tokens that can be computed in time; None for any number."""
        if self.seconds is None:
            return None
        if model.prompt_speed is None:
            return _UNKNOWN_SPEED_TOKENS
        return int(self.seconds * model.prompt_speed)


class Budgeter:
    """Fits passages into what is left of the window, and of the user's patience."""

    def __init__(self, library: Library, model: "Model", max_tokens: int) -> None:
        """Share out this model's window."""
        self._library = library
        self._model = model
        self.reserve = min(max_tokens, model.window // _RESERVE_SHARE)

    def pack(
        self,
        prompter: Prompter,
        found: Sequence[Found],
        patience: Patience,
        kept: Sequence[Passage] = (),
        readings: Callable[[], Iterable[Sequence[Passage]]] = tuple,
    ) -> Packed:
        """The prompt with the most passages that fit; ContextTooSmall where not one does.

        `kept` are the passages of the prompt before: they serve again where they hold the best of
        what was found, since the model has read them already. What it read earlier, `readings`,
        is asked for where the patience would not do for what fits the window.
        """
        if kept and (again := self._again(prompter, found, kept, _BEST)):
            return again
        base = prompter.messages(())
        header = self._model.count_text(
            prompter.show_passage(1, replace(found[0].passage, text=""))
        )
        packer = Packer(self._library, found, self._model.count_text, header + 2)
        room = self._model.window - self.reserve - self._model.count(base)
        packed = self._exact(prompter, packer, room, found)
        limit = patience.tokens(self._model)
        if limit is None or self._compute(packed.messages) <= limit:
            return packed
        read = (self._again(prompter, found, passages, _MOST) for passages in readings())
        if once := max(filter(None, read), key=lambda again: again.budget.fitted, default=None):
            return once
        in_time = min(room, limit - self._compute(base))
        return self._exact(prompter, packer, in_time, found, least_one=True)

    def pack_whole(
        self,
        prompter: Prompter,
        documents: Sequence[DocumentInfo],
        readings: Callable[[], Iterable[Sequence[Passage]]] = tuple,
    ) -> Packed | None:
        """The prompt with all of these documents, or with those read ahead; None without room."""
        ids = {document.id for document in documents}
        for cached in readings():
            if cached and {passage.document_id for passage in cached} <= ids:
                return self._fitting(prompter, cached)
        characters = sum(document.characters for document in documents)
        if not documents or characters > _MOST_CHARACTERS_A_TOKEN * self._model.window:
            return None
        passages = [self._library.passages_of(document.id) for document in documents]
        return self._fitting(prompter, [stretch(self._library, run) for run in passages if run])

    def _fitting(self, prompter: Prompter, passages: Sequence[Passage]) -> Packed | None:
        messages = prompter.messages(passages)
        if self._model.count(messages) + self.reserve > self._model.window:
            return None
        whole = tuple(passage.document for passage in passages)
        chosen = Chosen(tuple(passages), len(passages), whole=whole)
        return self._pack(prompter, chosen, messages, len(passages))

    def pack_further(self, prompter: Prompter, before: Packed, answer: str) -> Packed | None:
        """The prompt that adds what `before` had no room for; None where still nothing fits."""
        found = [Found(n, 0.0, passage, Why()) for n, passage in enumerate(before.left_over, 1)]
        first = len(before.passages) + 1
        base = prompter.refinement((), first, answer)
        header = self._model.count_text(
            prompter.show_passage(first, replace(found[0].passage, text=""))
        )
        room = self._model.window - self.reserve - self._model.count(base)
        packer = Packer(self._library, found, self._model.count_text, header + 2)
        # Tokens of parts add up to a little more or less than those of the whole.
        chosen = packer.pack(room - room // _SLACK_SHARE)
        messages = prompter.refinement(chosen.stretches, first, answer)
        if (over := self._model.count(messages) + self.reserve - self._model.window) > 0:
            chosen = packer.pack(room - room // _SLACK_SHARE - over)
            messages = prompter.refinement(chosen.stretches, first, answer)
        if not chosen.stretches:
            return None
        packed = self._pack(prompter, chosen, messages, before.budget.found)
        fitted = before.budget.fitted + chosen.fitted
        return replace(
            packed,
            passages=(*before.passages, *chosen.stretches),
            budget=replace(packed.budget, fitted=fitted),
        )

    def _again(
        self, prompter: Prompter, found: Sequence[Found], kept: Sequence[Passage], least: int
    ) -> Packed | None:
        """The prompt of these passages where it holds the best, and `least` of the best three."""
        held = [one for one in found if any(_holds(stretch, one.passage) for stretch in kept)]
        best = [one for one in found[:_BEST] if one in held]
        if found[0] not in best or len(best) < min(least, len(found)):
            return None
        messages = prompter.messages(kept)
        size = self._model.count(messages)
        # Other text before the passages, such as another language's rules, makes them unread.
        if size + self.reserve > self._model.window or 2 * self._model.reusable(messages) < size:
            return None
        left_over = tuple(one.passage for one in found if one not in held)
        chosen = Chosen(tuple(kept), len(held), left_over=left_over)
        return self._pack(prompter, chosen, messages, len(found))

    def history(self, turns: Sequence[Turn]) -> list[Turn]:
        """The last turns that take no more than their part of the window."""
        room = self._model.window // _HISTORY_SHARE
        kept: list[Turn] = []
        for turn in reversed(turns):
            room -= self._model.count_text(turn.question + turn.answer.text)
            if room < 0:
                break
            kept.insert(0, turn)
        return kept

    def _exact(
        self,
        prompter: Prompter,
        packer: Packer,
        room: int,
        found: Sequence[Found],
        *,
        least_one: bool = False,
    ) -> Packed:
        """Pack, count the real prompt, and give way where estimates were too low."""
        while True:
            chosen = packer.pack(room, least_one=least_one)
            if not chosen.stretches:
                return self._alone(prompter, found)
            messages = prompter.messages(chosen.stretches)
            over = self._model.count(messages) + self.reserve - self._model.window
            if over <= 0:
                return self._pack(prompter, chosen, messages, len(found))
            room, least_one = min(room, self._size(chosen)) - over, False

    def _size(self, chosen: Chosen) -> int:
        return sum(self._model.count_text(stretch.text) for stretch in chosen.stretches)

    def _pack(
        self,
        prompter: Prompter,
        chosen: Chosen,
        messages: "list[BaseMessage]",
        found: int,
    ) -> Packed:
        count = self._model.count_text
        passages = count(prompter.number_passages(chosen.stretches))
        whole = self._model.count(messages)
        system = count(prompter.system())
        history = sum(count(str(message.text)) for message in messages[1:-1])
        history = max(0, history - passages) if len(messages) > 2 else 0
        speed = self._model.prompt_speed
        budget = Budget(
            window=self._model.window,
            system=system,
            history=history,
            question=max(0, whole - system - history - passages),
            passages=passages,
            reserve=self.reserve,
            found=found,
            fitted=chosen.fitted,
            whole=chosen.whole,
            expected_wait=self._compute(messages) / speed if speed else None,
        )
        return Packed(chosen.stretches, budget, tuple(messages), chosen.left_over)

    def _compute(self, messages: "Sequence[BaseMessage]") -> int:
        """Tokens that must be computed: those that are kept from before cost nothing."""
        return max(0, self._model.count(messages) - self._model.reusable(messages))

    def _alone(self, prompter: Prompter, found: Sequence[Found]) -> Packed:
        """The best passage that fits by itself, counted exactly: estimates are a little high."""
        needed: list[int] = []
        for one in found:
            messages = prompter.messages([one.passage])
            needed.append(self._model.count(messages) + self.reserve)
            if needed[-1] <= self._model.window:
                others = tuple(other.passage for other in found if other is not one)
                chosen = Chosen((one.passage,), 1, left_over=others)
                return self._pack(prompter, chosen, messages, len(found))
        raise ContextTooSmall(needed=min(needed), available=self._model.window)


def _holds(stretch: Passage, passage: Passage) -> bool:
    same = stretch.document_id == passage.document_id
    return same and stretch.start <= passage.start and passage.end <= stretch.end
