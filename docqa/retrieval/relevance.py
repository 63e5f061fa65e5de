"""Whether what was found is about the question at all, comparable across libraries."""

from collections.abc import Mapping

from docqa.retrieval.signals import Logistic
from docqa.terms import NO_WORD, RAREST, is_chinese, rarity

# What a pair counts that is in no word: the end of one and the beginning of the next, which tells
# little where it is found; where the library lacks it, it may also be a name.
_UNKNOWN_PAIR = 0.6
_KNOWN_PAIR = 0.3
_EMPHASIS = 1.5
# Both fitted by `python -m tests.bench.meaning.fit`. Bare similarity tells most, but means the same
# in every library only of the packaged embedder: it puts unrelated texts at .8, whatever they say.
_BY_MEANING = Logistic(
    -146.58,
    {
        "most_whole": 5.54,
        "most_close": 5.76,
        "length": -0.36,
        "size": -0.69,
        "similarity": 58.72,
        "most_similarity": 46.61,
        "usual_similarity": 62.67,
    },
)
_BY_WORDS = Logistic(
    -2.38,
    {
        "most_whole": 7.02,
        "most_bm25": -1.57,
        "most_close": 9.05,
        "most_characters": -2.75,
        "length": 0.82,
    },
)


def telling(idf: Mapping[str, float], known: Mapping[str, int]) -> dict[str, float]:
    """What each term of a question tells of its subject; words of every subject tell little.

    A small library cannot know which words those are.
    """
    return {term: weight * _share(term, bool(known.get(term))) for term, weight in idf.items()}


def relevance(figures: Mapping[str, float]) -> float:
    """The probability that the library is about what is asked, from the figures of a search."""
    model = _BY_MEANING if "most_similarity" in figures else _BY_WORDS
    return model.probability(figures)


def _share(term: str, known: bool) -> float:
    if not is_chinese(term) or len(term) > 2:
        return 1.0
    level = rarity(term)
    if level == NO_WORD:
        return _KNOWN_PAIR if known else _UNKNOWN_PAIR
    return float((level / RAREST) ** _EMPHASIS)
