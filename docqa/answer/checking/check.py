"""Checks an answer sentence by sentence, and gives each its evidence in the passages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.checking.bare_replies import is_bare, says_yes, settle, split_reply
from docqa.answer.checking.claims import Claim, claim_of, claims_of_parts, is_answer_of_its_kind
from docqa.answer.checking.evidence import Evidence, content_units
from docqa.answer.checking.marks import numbers, skip_marks, without_marks
from docqa.answer.checking.normal_form import HAN, plain
from docqa.answer.checking.refusals import is_refusal
from docqa.answer.checking.support import denies, is_ruled_otherwise
from docqa.answer.checking.value_fit import ValueFit, ValueReader, rate_sentences
from docqa.answer.checking.values import missing, values
from docqa.answer.checking.verdicts import EvidenceSpan, Judged, contradict, judge, support
from docqa.answer.citations import cite
from docqa.answer.quoting.introductions import find_introduction_within, part_introduction
from docqa.answer.quoting.question_types import Asked
from docqa.terms import Synonyms, normal, read_synonyms
from docqa.types import Author, Citation, Passage, Verdict
from ingest.splitting.sentences import sentences

if TYPE_CHECKING:
    from docqa.answer.quoting.ranking import Compare, Rate

_LONGEST_QUOTE = 200
_LETTER = re.compile(r"[^\W\d_]")
_HAN_SHARE = 0.3
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEW_WORDS = 3
# Of the packaged embedder, whose similarities all lie near .9. Chosen on the drafts and statements
# of tests/bench/written for choosing: what stands nowhere there reaches .915.
_SAME_MEANING = 0.92


class CheckedSentence(Struct, frozen=True):
    """What was found for one sentence of an answer."""

    verdict: Verdict | None = None
    """None where it claims nothing, or nothing that these passages could show."""
    citations: tuple[Citation, ...] = ()
    why: str = ""
    matter: float = 1.0
    """How much of what was asked stands where the evidence is, rare words counting more."""
    fits: bool = True
    """Whether it is an answer of the kind that was asked for, and more than the question again."""


class Checker:
    """Checks the sentences of one answer against numbered passages."""

    def __init__(
        self,
        passages: Sequence[Passage],
        question: str,
        compare: "Compare | None" = None,
        rate: "Rate | None" = None,
    ) -> None:
        """`question` is read together with answers that give a value alone.

        `compare` tells how near texts are in meaning, where that is known; `rate`, how likely
        spans answer the question, by the ranking where it is not given.
        """
        self.passages = passages
        self._question = question
        self._compare = compare
        self._rate = rate
        self._single: dict[int, Evidence] = {}
        self._has_value = False
        """Whether a sentence gave what was asked for; the next ones say more of it."""

    @cached_property
    def evidence(self) -> Evidence:
        """All passages, ready to be compared."""
        return Evidence([p.text for p in self.passages], [_topic(p) for p in self.passages])

    @cached_property
    def _chinese(self) -> bool:
        return _is_chinese(" ".join(passage.text[:2000] for passage in self.passages))

    def check(self, sentence: str, named: Sequence[int] = ()) -> CheckedSentence:
        """Judge a sentence that may still hold its marks; `named` are further marks of it."""
        named = [n for n in (*numbers(sentence), *named) if 1 <= n <= len(self.passages)]
        if is_bare(sentence, self._question):
            return self._check_bare(sentence, named)
        claim = claim_of(sentence, self._question)
        if claim is None or is_refusal(sentence):
            return CheckedSentence()
        reply, reason = split_reply(sentence, self._question)
        if reply and (said := self._check_bare(reply, named)).verdict is Verdict.CONTRADICTED:
            return said
        for n in dict.fromkeys(named):
            alone = judge(claim, self._evidence_of(n))
            if alone.verdict is Verdict.SUPPORTED:
                return self._check([self._check_value(claim, _move(alone, n))], sentence, named)
        stands = judge(claim, self.evidence)
        whole = self._check_value(claim, stands)
        if Verdict.SUPPORTED in (stands.verdict, whole.verdict):
            return self._check([whole], sentence, named)
        # Passages may be of both languages: only what none of them supports is left as foreign.
        if self._is_other_language(sentence):
            return self._check_foreign(claim.text, named)
        parts = [judge(part, self.evidence) for part in claims_of_parts(sentence, self._question)]
        unsupported = whole.verdict is Verdict.UNSUPPORTED
        # 能退，但需提前两天取消 rests on what it says beside its yes.
        if unsupported and reply:
            explained = self.check(reason, named)
            if explained.verdict is Verdict.SUPPORTED:
                return explained
        if parts and unsupported and all(part.verdict is Verdict.SUPPORTED for part in parts):
            return self._check(parts, sentence, named)
        near = self._find_reworded(claim) if whole.only_words or whole.apart else None
        if near is None and whole.only_words:
            near = self._find_near(sentence)
        return self._check([near or whole], sentence, named)

    def _find_reworded(self, claim: Claim) -> Judged | None:
        """The judgement of a claim in words of the passages that mean the same, if that holds."""
        others = _find_others(claim.text, self.evidence.whole)
        if not others:
            return None
        text, asked, matter = (
            _replace(one, others) for one in (claim.text, claim.asked, claim.matter)
        )
        judged = judge(Claim(text, asked, claim.partial, matter), self.evidence)
        if judged.verdict is not Verdict.SUPPORTED or judged.span is None:
            return None
        passage, span = self.passages[judged.span.passage - 1].text, judged.span
        known = find_introduction_within(passage, span.start) + passage[span.start : span.end]
        # Other words hide a yes or a no more easily, and that of an item stands over its list.
        return judged if denies(plain(known)) == denies(text) else None

    def _check_value(self, claim: Claim, judged: Judged) -> Judged:
        """The judgement of a claim by its value: is it the one that was asked for?

        One that stands there may be of something else; one in other words, far from what was
        asked, or of which something else seems to be said, may be right.
        """
        contradicted = judged.verdict is Verdict.CONTRADICTED
        lacks = judged.verdict is Verdict.UNSUPPORTED and not judged.apart
        if lacks or self._has_value:
            return judged
        if (fit := self.read_value(claim)) is None:
            return judged
        passes = fit.passes(judged)
        # What stands there as a sentence is true, whatever was asked.
        if not claim.partial and claim.text.rstrip("。.!！ ") in self.evidence.whole:
            return replace(judged, aside=judged.aside or not passes)
        self._has_value = passes
        if passes:
            if contradicted:
                return support(judged, fit.sentence, self.evidence)
            return replace(judged, verdict=Verdict.SUPPORTED, span=judged.span or judged.apart)
        if contradicted:
            return judged
        if (another := fit.find_another(judged)) is not None:
            return contradict(judged, another, self.evidence)
        return replace(judged, verdict=Verdict.UNSUPPORTED, span=None)

    def read_value(self, claim: Claim) -> ValueFit | None:
        """How well its value fits the question; None where no one value was asked for, or given."""
        return self._values.read(claim) if self._values else None

    @cached_property
    def _values(self) -> ValueReader | None:
        """None where one value is no answer."""
        asked = Asked.of(normal(self._question))
        if not self._question or asked.several or asked.at_length or "whether" in asked.kinds:
            return None
        rated = rate_sentences(self._question, self.passages, self.evidence, self._rate)
        return ValueReader(self.evidence, rated)

    def _find_near(self, sentence: str) -> Judged | None:
        """The judgement by meaning: the sentence that says the same in other words."""
        said = without_marks(sentence)
        # A heading says nothing, however near it is.
        known = [one for one in self.evidence.sentences if 2 * len(one.text) > len(said)]
        texts = [self.passages[one.passage - 1].text[one.start : one.end] for one in known]
        near = self._compare(said, texts) if self._compare else ()
        best = max(zip(near, known, strict=False), key=itemgetter(0), default=None)
        if best is None or best[0] < _SAME_MEANING:
            return None
        return Judged(Verdict.SUPPORTED, EvidenceSpan(best[1].passage, best[1].start, best[1].end))

    def _check_bare(self, sentence: str, named: Sequence[int]) -> CheckedSentence:
        """A yes or a no alone: compared with what the passages say of what was asked."""
        asked = claim_of(self._question.rstrip("？? "), self._question)
        found = judge(asked, self.evidence) if asked else None
        if found is None or found.span is None:
            return CheckedSentence()
        quote = self.passages[found.span.passage - 1].text[found.span.start : found.span.end]
        settled = settle(self._question, quote, self.evidence)
        agrees = settled is None or settled == says_yes(sentence)
        citation = self._cite(found.span, self._question, agrees, named)
        decided = Verdict.SUPPORTED if agrees else Verdict.CONTRADICTED
        return CheckedSentence(
            verdict=None if settled is None else decided,
            citations=(citation,),
            why="" if agrees else citation.quote,
            matter=found.matter,
        )

    def _is_other_language(self, sentence: str) -> bool:
        """Whether its words cannot stand in the passages; a name or a code alone can."""
        if not self._chinese:
            return _is_chinese(sentence)
        return not HAN.search(sentence) and len(_WORD.findall(sentence)) > _FEW_WORDS

    def _check_foreign(self, claim: str, named: Sequence[int]) -> CheckedSentence:
        """Of a claim in another language than its passages, only the numbers can be compared."""
        asked = values(self._question)
        if missing(missing(values(claim), asked), self.evidence.values):
            return CheckedSentence(Verdict.UNSUPPORTED)
        spans = [EvidenceSpan(n, 0, len(self.passages[n - 1].text)) for n in dict.fromkeys(named)]
        return CheckedSentence(None, tuple(self._cite(s, "", True, named) for s in spans))

    def _check(
        self, judged: Sequence[Judged], sentence: str, named: Sequence[int]
    ) -> CheckedSentence:
        claim = without_marks(sentence)
        verdict = judged[0].verdict
        if verdict is Verdict.SUPPORTED and any(self._is_ruled_otherwise(claim, j) for j in judged):
            verdict = Verdict.CONTRADICTED
        supported = verdict is Verdict.SUPPORTED
        spans = [one.span for one in judged if one.span]
        citations = tuple(self._cite(span, claim, supported, named) for span in spans)
        contradicted = verdict is Verdict.CONTRADICTED and citations
        return CheckedSentence(
            verdict=verdict,
            citations=tuple(dict.fromkeys(citations)),
            why=citations[0].quote if contradicted else "",
            matter=min(one.matter for one in judged),
            fits=self._is_of_kind(sentence) and not any(one.aside for one in judged),
        )

    def _is_ruled_otherwise(self, claim: str, judged: Judged) -> bool:
        """Whether the list that the evidence is an item of says the opposite."""
        if judged.span is None:
            return False
        passage, span = self.passages[judged.span.passage - 1].text, judged.span
        within, item = part_introduction(passage[span.start : span.end])
        rule = plain(within or find_introduction_within(passage, span.start))
        said = plain(claim)
        said = _replace(said, _find_others(said, rule))
        return is_ruled_otherwise(said, plain(item), rule)

    def _is_of_kind(self, sentence: str) -> bool:
        return is_answer_of_its_kind(sentence, self._question)

    def _cite(
        self, span: EvidenceSpan, claim: str, supported: bool, named: Iterable[int]
    ) -> Citation:
        passage = self.passages[span.passage - 1]
        start, end = _shorten(passage.text, span, claim)
        by = Author.MODEL if span.passage in named else Author.DOCQA
        return cite(span.passage, passage, start, end, supported, by)

    def _evidence_of(self, n: int) -> Evidence:
        if n not in self._single:
            passage = self.passages[n - 1]
            self._single[n] = Evidence([passage.text], [_topic(passage)])
        return self._single[n]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Sentences of an answer, each with the marks that follow it."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text):
        # Marks stand before or after the full stop; there they belong to the sentence before.
        after = skip_marks(text, start, end)
        if after > start and spans:
            spans[-1] = (spans[-1][0], after)
            start = after
            while start < end and text[start].isspace():
                start += 1
        if start < end:
            spans.append((start, end))
    return spans


@cache
def _everyday() -> Synonyms:
    return read_synonyms("")


def _find_others(said: str, known: str) -> dict[str, str]:
    """Words of a statement that a text has only in other words, each with that one."""
    return {own: other for other, own in _everyday().of(said).items() if other in known}


def _replace(text: str, others: Mapping[str, str]) -> str:
    for own, other in others.items():
        text = text.replace(own, other)
    return text


def _topic(passage: Passage) -> str:
    """What a passage is about as far as its place tells: its file's name and headings."""
    name = passage.document.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "\n".join((name, *passage.heading))


def _move(judged: Judged, n: int) -> Judged:
    span = judged.span
    return replace(judged, span=span and EvidenceSpan(n, span.start, span.end))


def _shorten(text: str, span: EvidenceSpan, claim: str) -> tuple[int, int]:
    """The part of a span that bears the claim; of a long one the sentence that shares most."""
    start, end = _trim(text, span, claim)
    if end - start <= _LONGEST_QUOTE:
        return start, end
    pairs = {claim[at : at + 2] for at in range(len(claim) - 1)}

    def count_shared(one: tuple[int, int]) -> float:
        said = text[one[0] : one[1]]
        return sum(pair in said for pair in pairs) - len(said) / 10_000

    start, end = max(sentences(text, start, end), key=count_shared)
    return start, min(end, start + _LONGEST_QUOTE)


def _trim(text: str, span: EvidenceSpan, claim: str) -> tuple[int, int]:
    """A span without sentences at its ends that hold no more of the claim than the others do."""
    said = frozenset(content_units(plain(claim)))
    parts = list(sentences(text, span.start, span.end))
    if not said or not parts:
        return span.start, span.end
    held = [said.intersection(content_units(plain(text[slice(*part)]))) for part in parts]
    while len(parts) > 1 and held[0] <= frozenset[str]().union(*held[1:]):
        del parts[0], held[0]
    while len(parts) > 1 and held[-1] <= frozenset[str]().union(*held[:-1]):
        del parts[-1], held[-1]
    return parts[0][0], parts[-1][1]


def _is_chinese(text: str) -> bool:
    letters = _LETTER.findall(text)
    han: int = sum(letter > "\u3400" for letter in letters)
    return han > _HAN_SHARE * len(letters)
