"""What a question asks for: its terms, without the words that only make it a question."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from docqa.terms.articles import NOWHERE, Places
from docqa.terms.cutting import NO_WORDS, Words, cut, normal

# Matched on folded text, so simplified forms are enough. Words that hold such a character stay.
_KEPT = (
    "目的|的士|的确|有限|有效|有关|有机|有色|有害|有毒|有轨|有理|有氧|有线|有序|有偿|有期|有罪|有益|有利|有价|有形|有声|"
    "享有|拥有|国有|持有|占有|私有|公有|没有|原有|固有|特有|现有|专有|共有|"
    "是非|于是|但是|凡是|实事求是|了解|了结|了断|了望|为了|罢了|几何|几乎|几率|几内亚|茶几|哪吒|呢绒|呢喃|吗啡"
)
_DROPPED = (
    # 列出所有的产品 asks for products.
    "列出|列举|所有(?![权者人制])|"
    "为什么|干什么|做什么|什么时候|什么地方|什么人|什么样|什么|甚么|怎么样|怎么|怎样|怎|如何|为何|何时|何地|何处|何人|何者|何种|何谓|何以|"
    "哪里|哪儿|哪些|哪个|哪位|哪|谁|多少|多大|多久|多长|多高|多远|多重|多深|多快|几|是否|能否|可否|有没有|是不是|会不会|能不能|"
    "请问|请告诉我|告诉我|我想知道|想知道|请介绍|介绍一下|吗|呢|的|了|是|有"
)
_CHINESE = re.compile(f"(?P<kept>{_KEPT})|(?:{_DROPPED})")
_ENGLISH = re.compile(
    r"(?<![\w-])(?:a|an|and|any|are|as|at|be|been|by|can|could|did|do|does|for|from|had|has|have|"
    r"how|i|in|into|is|it|its|many|may|me|much|my|of|on|or|our|please|shall|should|tell|than|that|"
    r"the|their|then|there|these|they|this|those|to|was|we|were|what|when|where|which|who|whom|"
    r"whose|why|will|with|would|you|your)(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
# Beyond this a text is material, not a question; its first words decide.
_MOST_CHARACTERS = 4000


class Synonyms:
    """Groups of words that mean the same."""

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        """Take the groups as written."""
        folded = ([normal(word).strip() for word in group] for group in groups)
        self._groups = tuple([word for word in group if word] for group in folded)

    def of(self, text: str) -> list[str]:
        """Other words for what a folded text names."""
        named = (group for group in self._groups if any(word in text for word in group))
        return [word for group in named for word in group if word not in text]


class Question(Struct, frozen=True):
    """The distinct terms of a question, and those of words that mean the same."""

    terms: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    content: str = ""
    """What was asked, folded, without question words."""
    places: Places = NOWHERE
    """Articles, chapters and tables that it names."""

    @classmethod
    def read(
        cls, text: str, words: Words = NO_WORDS, synonyms: Synonyms | None = None
    ) -> "Question":
        """Understand a question; one made of question words alone is taken by its words."""
        text = text[:_MOST_CHARACTERS]
        asked, whole = _content(text), normal(text)
        terms = dict.fromkeys(cut(asked, words)) or dict.fromkeys(cut(text, words))
        others = synonyms.of(whole) if synonyms else ()
        further = dict.fromkeys(term for word in others for term in cut(word, words))
        new = tuple(term for term in further if term not in terms)
        content = asked if asked.strip() else whole
        return cls(tuple(terms), new, content, Places.of(whole))


def _content(text: str) -> str:
    """The text without question and function words; a gap is left, so that no pair spans it."""
    shouted = text.isupper()
    rest = _ENGLISH.sub(lambda m: m[0] if _acronym(m[0]) and not shouted else " ", text)
    return _CHINESE.sub(lambda m: m["kept"] or " ", normal(rest))


def _acronym(word: str) -> bool:
    """IT and WHO in capitals are names."""
    return len(word) > 1 and word.isupper()
