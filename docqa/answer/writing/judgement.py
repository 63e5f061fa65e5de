"""The judgement of a written answer: is it right, and do the passages hold an answer at all?"""

from collections.abc import Mapping
from math import log

from msgspec import Struct
from msgspec.structs import replace

from docqa.answer.checking.attribution import MarkedAnswer
from docqa.answer.checking.verdicts import LEAST_MATTER
from docqa.answer.judge import Judgement
from docqa.answer.writing.faults import Fault
from docqa.retrieval.signals import Logistic
from docqa.types import AnswerStatus, Verdict

# Both fitted by `python -m tests.bench.written.fit` on the halves for choosing.
_RIGHT = Logistic(-1.61, {"search": 0.81, "supported": 1.92, "fits": 2.33, "least": 0.93})
_HELD = Logistic(-1.23, {"search": 1.29, "relevance": 0.4, "supported": 1.26, "matter": 1.0})
# Below this chance that the passages hold an answer, none is given; chosen there, too.
_LEAST_HELD = 0.5
# The library is about the question; set by hand, for questions whose words the passages lack.
_ON_SUBJECT = 0.97
# Chosen on the half for choosing, as a bound that refuses no right answer there.
_NEARLY_ALL = 0.7
# Of a model that does not tell how sure it was; the median of what the others told.
_USUAL_LEAST = -0.91
_SUREST = 0.999
# Of answers that the passages support, 6 of 11 were right where the best quote does not, and 58 of
# 59 where it does (the half for choosing; 4 of 7 and 50 of 60 in the other).
_AT_ODDS = 0.55
# Set by hand: one flagged sentence of two may be the check's mistake.
_MANY = 3


class Signs(Struct, frozen=True):
    """What an answer is judged by."""

    search: float
    """The confidence of the search, a probability."""
    relevance: float
    """How likely its passages are about what was asked at all, a probability."""
    supported: bool
    """Whether the check finds support for something that the answer says."""
    matter: float
    """How much of what was asked stands where the evidence is."""
    fits: bool
    """Whether it says something of the kind that was asked for."""
    least: float | None
    """The logarithm of the chance of its least likely token."""
    mostly_flagged: bool = False
    """Whether the check flags more of its claims than it finds support for."""

    @property
    def figures(self) -> Mapping[str, float]:
        """What the two probabilities are made of."""
        return {
            "search": _log_odds(self.search),
            "relevance": _log_odds(self.relevance),
            "supported": float(self.supported),
            "matter": self.matter,
            "fits": self.matter * self.fits,
            "least": _USUAL_LEAST if self.least is None else self.least,
        }


def read_signs(
    searched: Judgement, relevance: float, marked: MarkedAnswer, least: float | None
) -> Signs | None:
    """The signs of an answer; None where it claims nothing that these passages could show."""
    verdicts = _verdicts(marked)
    if not verdicts:
        return None
    # A sentence that stands there supports no answer where nothing there speaks of the question.
    supported = Verdict.SUPPORTED in verdicts and marked.matter >= LEAST_MATTER
    flagged = _is_mostly_flagged(marked)
    return Signs(
        searched.confidence, relevance, supported, marked.matter, marked.fits, least, flagged
    )


def is_worthless(marked: MarkedAnswer, fault: Fault | None) -> bool:
    """Whether an answer is better not shown: no words, a loop, or hardly a true sentence."""
    if fault in (Fault.EMPTY, Fault.LOOP, Fault.LANGUAGE):
        return True
    return len(_verdicts(marked)) >= _MANY and _is_mostly_flagged(marked)


def judge_written(
    searched: Judgement,
    relevance: float,
    marked: MarkedAnswer,
    fault: Fault | None,
    least: float | None,
    certain: float,
) -> Judgement:
    """The judgement of the search, changed by what the model made of what it found."""
    if fault is Fault.REFUSED or fault is Fault.EMPTY:
        # The model saw no answer: what the search is sure of all the same may be one.
        sure = searched.status is AnswerStatus.ANSWERED
        return replace(searched, status=AnswerStatus.PERHAPS if sure else AnswerStatus.NOT_FOUND)
    signs = read_signs(searched, relevance, marked, least)
    judged = _judge(signs, certain) if signs else searched
    if judged.status is AnswerStatus.NOT_FOUND and (
        # Its quotes may answer, whatever the model made of them; and so may what stands there.
        searched.status is AnswerStatus.ANSWERED
        or (signs and signs.supported and relevance >= _ON_SUBJECT)
    ):
        return replace(judged, status=AnswerStatus.PERHAPS)
    if judged.status is AnswerStatus.ANSWERED and (fault or not searched.is_found):
        return replace(judged, status=AnswerStatus.PERHAPS)
    return judged


def doubt(judged: Judgement, certain: float) -> Judgement:
    """The judgement of an answer that the best quote does not support."""
    confidence = min(judged.confidence, _AT_ODDS)
    answered = confidence >= certain
    return Judgement(AnswerStatus.ANSWERED if answered else AnswerStatus.PERHAPS, confidence)


def _verdicts(marked: MarkedAnswer) -> list[Verdict]:
    return [one.verdict for one in marked.sentences if one.verdict]


def _is_mostly_flagged(marked: MarkedAnswer) -> bool:
    verdicts = _verdicts(marked)
    return 2 * verdicts.count(Verdict.SUPPORTED) < len(verdicts)


def _judge(signs: Signs, certain: float) -> Judgement:
    confidence = round(_RIGHT.probability(signs.figures), 3)
    held = _HELD.probability(signs.figures) >= _LEAST_HELD
    sound = signs.supported and signs.fits and not signs.mostly_flagged
    answers = confidence >= certain and sound
    # Where the search doubts that an answer is there, nearly all that was asked must stand beside.
    if answers and (held or signs.matter >= _NEARLY_ALL):
        return Judgement(AnswerStatus.ANSWERED, confidence)
    return Judgement(AnswerStatus.PERHAPS if held else AnswerStatus.NOT_FOUND, confidence)


def _log_odds(chance: float) -> float:
    bounded = min(_SUREST, max(1 - _SUREST, chance))
    return log(bounded / (1 - bounded))
