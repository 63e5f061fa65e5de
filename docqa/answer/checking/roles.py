"""Finds what passages say of roles and changes: 主持:钱进 against 吴悠主持, 由甲改为乙."""

import re
from collections.abc import Iterator, Sequence

from docqa.answer.checking.evidence import CLAUSE, EvidenceSentence, content_units
from docqa.answer.checking.normal_form import HAN

LABEL = r"(?P<label>[\u3400-\u9fff]{2,8})(?:\([^()]*\))?[:是]"
_LABELLED = re.compile(rf"\W*(?:\d+[.、])?{LABEL}(?P<values>[^:]{{2,80}})")
_LISTED = re.compile(r"[、和与及]|\([^()]*\)")
_CHANGED = re.compile(
    r"[由从](?P<old>[^,;:。]{1,12}?)(?:改为|改成|改由|变更为|调整为|(?:推迟|提前|延长|缩短|增加|减少|提高|降低|上调|下调)[到至为])"
    r"(?P<new>[^,;:。]{1,16})"
)
_FORMERLY = re.compile(r"[由从]|原|曾|此前|之前|起初")
# Who does something: 由安全组审批.
_AGENT = re.compile(r"由(?P<said>[\u3400-\u9fff]{4,12})")
_ALL_OF = re.compile(r"(?:全部|所有|一切|全体)的?(?P<what>[\u3400-\u9fff]{2})")
_SOME = "(?:部分|有些|某些|个别|少数)的?"
_VERB = 2
_LONGEST_NAME = 8
# Set by hand: so much of a statement must stand in the sentence that tells of the change.
_MOST = 0.6


def find_other_role(statement: str, sentences: Sequence[EvidenceSentence]) -> int | None:
    """The sentence that gives a role in the statement to somebody else, or what came after it.

    All texts are in the one form of `plain`.
    """
    finders = (_find_change, _find_holder, _find_agent, _find_part)
    return next((at for find in finders if (at := find(statement, sentences)) is not None), None)


def _find_part(statement: str, sentences: Sequence[EvidenceSentence]) -> int | None:
    """The sentence that says of some what the statement says of all: 部分展区 for 全部展区."""
    for found in _ALL_OF.finditer(statement):
        some, rest = re.compile(_SOME + found["what"]), set(content_units(statement))
        for at, sentence in enumerate(sentences):
            held = sum(unit in sentence.text for unit in rest)
            if some.search(sentence.text) and held >= _MOST * len(rest):
                return at
    return None


def _find_agent(statement: str, sentences: Sequence[EvidenceSentence]) -> int | None:
    """The sentence in which somebody else does it: 由运维组执行, or 转让人支付手续费."""
    others = None
    for clause in CLAUSE.split(statement):
        agent = _AGENT.search(clause)
        if agent is None or agent.end() != len(clause.rstrip()):
            continue
        who, does = agent["said"][:-_VERB], agent["said"][-_VERB:]
        about = list(content_units(clause[: agent.start()]))
        for at, sentence in enumerate(sentences):
            for part in CLAUSE.split(sentence.text):
                if does not in part or not any(unit in sentence.text for unit in about):
                    continue
                if who in part:
                    return None
                other = _name_agent(part, who, does) or _name_next(part, does, sentence.text)
                if other and others is None and not _are_one(who, other, sentences):
                    others = at
    return others


def _name_agent(clause: str, who: str, does: str) -> str:
    """Who does it by a clause: after 由, or named like `who` before what is done."""
    before = clause.partition(does)[0]
    named = before.rpartition("由")[2] if "由" in before else ""
    if not named and before.endswith(who[-1]) and HAN.fullmatch(before):
        named = before
    return named if 1 < len(named) <= _LONGEST_NAME and not set(named) >= set(who) else ""


def _name_next(clause: str, does: str, sentence: str) -> str:
    """Who does it by a clause that goes on from one with 由: 由甲申请,乙审批."""
    named = clause.removesuffix(does)
    ends = named != clause and HAN.fullmatch(named)
    goes_on = ends and "由" in sentence.partition(clause)[0]
    return named if goes_on and 1 < len(named) <= _LONGEST_NAME - len(does) else ""


def _are_one(who: str, other: str, sentences: Sequence[EvidenceSentence]) -> bool:
    """Whether both name the same: 甲方(出租人):李明."""
    one, two = re.escape(who), re.escape(other)
    same = re.compile(rf"{two}[(:][^,;。]*{one}|{one}[(:][^,;。]*{two}")
    return any(same.search(sentence.text) for sentence in sentences)


def _find_change(statement: str, sentences: Sequence[EvidenceSentence]) -> int | None:
    if _FORMERLY.search(statement) and not _names_agent(statement):
        return None
    told = set(content_units(statement))
    for at, sentence in enumerate(sentences):
        held = sum(unit in sentence.text for unit in told)
        for found in _CHANGED.finditer(sentence.text) if held >= _MOST * len(told) else ():
            if found["old"].strip() in statement and not _shares(found["new"], statement):
                return at
    return None


def _names_agent(statement: str) -> bool:
    """Whether its only 由 tells who does it: 由冯程负责."""
    return len(_FORMERLY.findall(statement)) == 1 and "由" in statement


def _shares(new: str, statement: str) -> bool:
    """Whether a statement says the new value as well: its name, else its numbers."""
    said = list(content_units(new))
    name = next((unit for unit in said if HAN.match(unit)), None)
    return name in statement if name else all(number in statement for number in said)


def _find_holder(statement: str, sentences: Sequence[EvidenceSentence]) -> int | None:
    labelled = list(_read_labels(sentences))
    parts = [part for sentence in sentences for part in CLAUSE.split(sentence.text)]
    for at, label, _ in labelled:
        own = (value for _, name, values in labelled if name == label for value in values)
        if label not in statement or any(value in statement for value in own):
            continue
        rest = statement.replace(label, "")
        others = [
            value
            for _, name, values in labelled
            if name != label and name not in rest
            for value in values
            if value in statement
        ]
        # 由郑爽主持 may stand somewhere, too.
        if others and not any(
            label in part and value in part for part in parts for value in others
        ):
            return at
    return None


def _read_labels(sentences: Sequence[EvidenceSentence]) -> Iterator[tuple[int, str, list[str]]]:
    """Labels with their values, and the sentence of each."""
    for at, sentence in enumerate(sentences):
        for part in CLAUSE.split(sentence.text):
            if found := _LABELLED.match(part):
                values = [value.strip() for value in _LISTED.split(found["values"])]
                yield at, found["label"], [v for v in values if len(v) > 1 and HAN.search(v)]
