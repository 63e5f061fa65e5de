"""The kept answers of real models, with what their models read and how they are labelled."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.checking.attribution import MarkedAnswer
from docqa.answer.judge import Judgement
from docqa.answer.quoting.ranking import Rate, rate
from docqa.answer.writing.faults import Fault, find_fault
from docqa.answer.writing.judgement import judge_written, read_signs
from docqa.evaluation.dataset import Item, read_dataset
from docqa.evaluation.run import is_within
from docqa.settings import AnswerSettings, SearchSettings
from docqa.types import AnswerStatus, Passage
from tests.bench.quotes.nearness import open_nearness
from tests.support.outside import DATA

ANSWERS = Path(__file__).with_name("answers.jsonl")
# Asked later, of other documents.
SECOND = Path(__file__).with_name("second.jsonl")
SETS = {"cmrc": "cmrc2018_trial.json", "drcd": "drcd_dev.json", "xquad": "xquad_zh.json"}
# What asks for a number, a date or a name.
ASKS_VALUE = re.compile(
    r"[谁誰]|何[时時地]|[时時][候間间]|日期|多少|[几幾]|多[长長高大久远遠]|哪[里裡兒儿]|何[处處]|什[么麼]地方|"
    r"哪[一個个位座年天月日國国所家條条名]|名字|名[稱称]|\d+年"
)


class Kept(Struct, frozen=True):
    """One question put to a model; ids and answers only, no passages."""

    set: str
    id: str
    model: str
    half: str
    """`choose`: looked at while the check was made; `report`: not."""
    absent: bool
    """Whether nothing that answers was there to be found."""
    answer: str
    """Empty where the search alone refused, so that the model was not asked."""
    reason: str
    spans: tuple[tuple[str, int, int], ...]
    """What the model read."""
    prompt: str = "engine"
    """`engine`: the whole of docqa; else an earlier trial, its prompts put together by hand."""
    read: str = ""
    """By reading: right, beside (true, but no answer), wrong (not what the passages say)."""
    search: float | None = None
    """The confidence of the search."""
    relevance: float | None = None
    least: float | None = None
    """The logarithm of the chance of the least likely token."""


class Checked(Struct, frozen=True):
    """What docqa makes of it now."""

    kept: Kept
    item: Item
    passages: Sequence[Passage]
    marked: MarkedAnswer
    fault: Fault | None

    @property
    def label(self) -> str:
        """As read; else what the gold spans say: right where the answer holds one."""
        holds = any(is_within(gold.text, self.kept.answer) for gold in self.item.golds)
        return self.kept.read or ("right" if holds and not self.kept.absent else "other")

    @property
    def asks_value(self) -> bool:
        """Whether a number, a date or a name is asked for."""
        return ASKS_VALUE.search(self.item.question) is not None

    @property
    def is_flagged(self) -> bool:
        """Whether a sentence is contradicted or unsupported."""
        return any(not one.supported for one in self.marked.sentences)

    @property
    def cites_right(self) -> bool:
        """Whether a supported citation points into the right document."""
        cited = self.marked.citations
        return any(one.supported and one.document == self.item.document for one in cited)

    @property
    def holds_answer(self) -> bool:
        """Whether an answer stood in what the model read."""
        shown = [one for one in self.passages if one.document == self.item.document]
        golds = [gold.text for gold in self.item.golds]
        return not self.kept.absent and any(is_within(g, one.text) for g in golds for one in shown)

    @property
    def figures(self) -> dict[str, float] | None:
        """What the answer is judged by; None where it claims nothing or was not judged."""
        if self.kept.search is None or self.fault in (Fault.REFUSED, Fault.EMPTY):
            return None
        searched = Judgement(AnswerStatus.PERHAPS, self.kept.search)
        relevance = self.kept.relevance or 0.0
        signs = read_signs(searched, relevance, self.marked, self.kept.least)
        return dict(signs.figures) if signs else None

    @property
    def status(self) -> AnswerStatus:
        """How the question ends."""
        search, certain = self.kept.search or 0.0, AnswerSettings().certain
        relevance = self.kept.relevance or 0.0
        found = relevance >= SearchSettings().relevance
        sure = AnswerStatus.ANSWERED if search >= certain else AnswerStatus.PERHAPS
        searched = Judgement(sure if found else AnswerStatus.NOT_FOUND, search)
        if not self.kept.answer:
            return AnswerStatus.NOT_FOUND
        return judge_written(
            searched, relevance, self.marked, self.fault, self.kept.least, certain
        ).status


@contextmanager
def open_rating() -> Iterator[Rate]:
    """How spans are rated with meaning and by the packaged reader; kept as for the quotes."""
    with open_nearness("written") as near:
        yield lambda question, read: rate(
            question, replace(read, embedded=1.0), near.compare, near.read
        )


def load(answers: Path = ANSWERS, rating: Rate | None = None) -> Iterator[Checked]:
    """Check every kept answer against what its model read; by words where nothing else rates."""
    sets = {name: read_dataset(DATA / file) for name, file in SETS.items()}
    items = {name: {item.id: item for item in one.items} for name, one in sets.items()}
    for line in answers.read_text(encoding="utf-8").splitlines():
        kept = Kept(**json.loads(line))
        contexts, item = sets[kept.set].contexts, items[kept.set][kept.id]
        passages = [
            Passage(n, n, document, 0, start, end, contexts[document][start:end])
            for n, (document, start, end) in enumerate(kept.spans, 1)
        ]
        marked = MarkedAnswer(passages, item.question, rate=rating)
        for _ in (*marked.feed(kept.answer), *marked.finish()):
            pass
        fault = find_fault(kept.answer, item.question, "zh", kept.reason)
        yield Checked(kept, item, passages, marked, fault)
