"""Finds a clause that says the same as a statement but for one word or number."""

import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from docqa.answer.checking.claims import content
from docqa.answer.checking.evidence import content_units
from docqa.answer.checking.swapped_values import PAUSE, Clause
from docqa.terms import NO_WORD, RAREST, rarity

_TOKEN = re.compile(r"\d+(?:\.\d+)?|\S")
# What clause and statement must have in common beside the word, in characters and as a share of
# the statement; set by hand, like how long a word may be.
_COMMON = 5
_SHARE = 0.6
_LONGEST_WORD = 8
_ALIKE = 0.34
_LIMITS = re.compile(r"最[多少高低]|限")
_JOINED = "[、和与及或]"
# Characters that say nothing alone, but the reverse of each other in one place.
_OPPOSITES = frozenset(
    map(frozenset, ("前后", "上下", "内外", "左右", "先后", "早晚", "东西", "南北"))
)


def find_replaced(
    statement: str, evidence: Sequence[Clause], whole: str, asked: str
) -> Clause | None:
    """The clause that has another name, thing or number in one place of the statement.

    由大学城店接听 is not what 由槐安路店接听 says. `whole` is all of the evidence; all texts are in
    the one form of `plain`. What the question says itself claims nothing.
    """
    sentences: defaultdict[int, str] = defaultdict(str)
    for clause in evidence:
        sentences[clause.sentence] += clause.text
    for said in PAUSE.split(statement):
        wanted = set(content_units(said))
        wanted |= {character for character in said if _is_opposite(character)}
        stands = any(all(unit in clause.text for unit in wanted) for clause in evidence)
        if stands or len(content(said)) < _COMMON:
            continue
        for clause in evidence:
            if _differs_in_one(said, clause.text, sentences[clause.sentence], whole, asked):
                return clause
    return None


def _differs_in_one(said: str, clause: str, sentence: str, whole: str, asked: str) -> bool:
    own, other = _TOKEN.findall(said), _TOKEN.findall(clause)
    matcher = SequenceMatcher(None, own, other, autojunk=False)
    common = sum(
        len(content("".join(own[m.a : m.a + m.size]))) for m in matcher.get_matching_blocks()
    )
    pairs = [
        ("".join(own[a:b]), "".join(other[c:d]), a > 0 and b < len(own))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]
    # What the clause alone says before or behind may be left out, and what its sentence says
    # elsewhere may be brought in.
    pairs = [pair for pair in pairs if _says(pair[0]) or (_says(pair[1]) and pair[2])]
    brought = [pair[0] for pair in pairs if not pair[1] and pair[0] in sentence]
    common += sum(len(content(word)) for word in brought)
    if common < max(_COMMON, _SHARE * len(content(said))):
        return False
    pairs = [pair for pair in pairs if pair[0] not in brought]
    if len(pairs) != 1:
        return False
    word, rival, within = pairs[0]
    if word in asked or not _says(rival) or max(len(word), len(rival)) > _LONGEST_WORD:
        return False
    return _is_another(word, rival, whole) and (within or _are_like(word, rival, whole))


def _is_another(word: str, rival: str, whole: str) -> bool:
    """Whether two words name different things, and are not two wordings of one."""
    if _is_number(word) or _is_number(rival):
        return _is_number(word) and _is_number(rival)
    if frozenset((word, rival)) in _OPPOSITES:
        return True
    if not (content(word) and content(rival)):
        return False
    if _LIMITS.search(word + rival) or _share(word, rival) >= _ALIKE:
        return False
    return word in whole or (_is_name(word) and _is_name(rival))


def _share(word: str, rival: str) -> float:
    """How much of the shorter word the other holds: 举行 and 举办 may say the same."""
    own, other = set(content(word)), set(content(rival))
    return len(own & other) / min(len(own), len(other))


def _are_like(word: str, rival: str, whole: str) -> bool:
    """Whether both are numbers or stand in lists: what opens or ends a clause may be anything."""
    return _is_number(word) or all(
        re.search(f"{_JOINED}{re.escape(one)}|{re.escape(one)}{_JOINED}", whole) is not None
        for one in (word, rival)
    )


def _is_number(word: str) -> bool:
    return _TOKEN.fullmatch(word) is not None and word[0].isdigit()


def _is_name(word: str) -> bool:
    return len(word) > 1 and rarity(word[:2]) in (NO_WORD, RAREST)


def _says(text: str) -> bool:
    digits = any(character.isdigit() for character in text)
    return bool(content(text)) or digits or _is_opposite(text)


def _is_opposite(text: str) -> bool:
    return any(text in pair for pair in _OPPOSITES)
