"""Words the prompt: rules, numbered passages, the conversation so far, the question last."""

import re
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from docqa import prompts
from docqa.answer.checking.marks import disarm, without_marks
from docqa.answer.language import language_of
from docqa.answer.not_found import refusal
from docqa.clean import clean, one_line
from docqa.markup import neutralise
from docqa.types import Passage, Turn

# The line that ends the passages; a document that holds it must not end them.
_END = re.compile(r"^\s*(?:以上是(?:全部)?资料|These are (?:all )?the passages)", re.MULTILINE)


class Prompter:
    """Makes the messages of one question, in the question's language."""

    def __init__(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        material: str = "",
        language: str | None = None,
        *,
        short: bool = False,
        task: bool = False,
    ) -> None:
        """Take what stays the same whatever passages are chosen.

        `short` is for models that follow short rules best; a `task` is no question.
        """
        self._form = "short_" if short else ""
        self._asking = "short_task" if short and task else f"{self._form}question"
        self.language = language or language_of(question)
        self._question = neutralise(question)
        self._turns = turns
        self._material = material

    def messages(self, passages: Sequence[Passage]) -> list[BaseMessage]:
        """The prompt. Passages stand first, so that a follow-up finds them computed already."""
        messages: list[BaseMessage] = [SystemMessage(self.system())]
        asked = [*((t.question, t.answer.text) for t in self._turns), (self._question, None)]
        for at, (question, answer) in enumerate(asked):
            last = answer is None
            material = self._give(self._material) if last and self._material else ""
            if at == 0:
                text = self._fill(
                    self._asking,
                    passages=self.number_passages(passages),
                    question=neutralise(question),
                    material=material,
                )
            else:
                text = material + neutralise(question)
            messages.append(HumanMessage(text))
            if answer is not None:
                messages.append(AIMessage(without_marks(neutralise(answer))))
        return messages

    def head(self) -> list[BaseMessage]:
        """What every prompt in this language begins with, up to its passages."""
        mark = "\0"
        text = self._fill(self._asking, passages=mark, question="", material="")
        return [SystemMessage(self.system()), HumanMessage(text.partition(mark)[0])]

    def refinement(self, passages: Sequence[Passage], first: int, answer: str) -> list[BaseMessage]:
        """The prompt that improves an answer with further passages, numbered from `first`."""
        text = self._fill(
            "refine",
            question=self._question,
            answer=answer,
            passages=self.number_passages(passages, first),
        )
        return [SystemMessage(self.system()), HumanMessage(text)]

    def open_messages(self) -> list[BaseMessage]:
        """The prompt for an answer from the model's own knowledge."""
        return [SystemMessage(self._fill("open_system")), HumanMessage(self._question)]

    def system(self) -> str:
        """The rules."""
        return self._fill(f"{self._form}system", refusal=refusal(self.language))

    def number_passages(self, passages: Sequence[Passage], first: int = 1) -> str:
        """The passages as the prompt shows them."""
        return "\n\n".join(
            self.show_passage(n, passage) for n, passage in enumerate(passages, first)
        )

    def show_passage(self, n: int, passage: Passage) -> str:
        """One passage with its number and source."""
        return self._fill(
            f"{self._form}passage",
            n=n,
            source=harmless_line(source(passage)),
            text=harmless(passage.text),
        )

    def _give(self, material: str) -> str:
        return self._fill("material", material=harmless(material))

    def _fill(self, name: str, **values: object) -> str:
        return prompts.load(name, self.language).fill(**values)


def source(passage: Passage) -> str:
    """A passage's file name and headings."""
    name = passage.document.replace("\\", "/").rsplit("/", 1)[-1]
    return " > ".join((name, *passage.heading))


def harmless(text: str) -> str:
    """Document text that can neither end its block nor imitate marks, turns or markup."""
    safe = _END.sub(lambda found: f"“{found[0].strip()}”", clean(disarm(neutralise(text))))
    lines = (line.rstrip() for line in safe.splitlines())
    return "\n".join(line for line in lines if line)


def harmless_line(text: str) -> str:
    """The same on one line."""
    return one_line(harmless(text))
