"""Whether what was found is about the question at all, comparable across libraries."""

from collections.abc import Mapping

from docqa.retrieval.signals import Logistic
from docqa.terms import NO_WORD, RAREST, is_chinese, rarity

# What a pair counts that is in no word: the end of one and the beginning of the next, which tells
# little where it is found; where the library lacks it, it may also be a name.
_UNKNOWN_PAIR = 0.6
_KNOWN_PAIR = 0.3
_EMPHASIS = 1.5
# Set by hand: what holds the very code that is asked about (E2, 0x80070005) is shown at least.
_WITH_CODE = 0.5
# Both fitted by `python -m tests.bench.meaning.fit`. Bare similarity tells most, but means the same
# in every library only of the packaged embedder: it puts unrelated texts at .8, whatever they say.
_BY_MEANING = Logistic(
    -134.73,
    {
        "most_whole": 4.76,
        "most_close": 4.69,
        "length": -0.79,
        "size": -0.73,
        "similarity": 52.70,
        "most_similarity": 50.76,
        "usual_similarity": 50.89,
        "no_chinese": 9.44,
    },
)
_BY_WORDS = Logistic(
    -2.63,
    {
        "most_close": 4.81,
        "held": 0.78,
        "missing": -1.51,
        "held_in_sentence": 1.11,
        "stretch": 0.25,
        "unknown_names": 0.15,
        "long_in_small": -0.43,
        "small": 1.10,
        "large": 0.41,
    },
)


def weigh_terms(idf: Mapping[str, float], known: Mapping[str, int]) -> dict[str, float]:
    """What each term of a question tells of its subject; words of every subject tell little.

    A small library cannot know which words those are.
    """
    return {term: weight * _share(term, bool(known.get(term))) for term, weight in idf.items()}


def relevance(figures: Mapping[str, float]) -> float:
    """The probability that the library is about what is asked, from the figures of a search."""
    model = _BY_MEANING if "most_similarity" in figures else _BY_WORDS
    return max(model.probability(figures), _WITH_CODE * figures.get("code", 0.0))


def _share(term: str, known: bool) -> float:
    if not is_chinese(term) or len(term) > 2:
        return 1.0
    level = rarity(term)
    if level == NO_WORD:
        return _KNOWN_PAIR if known else _UNKNOWN_PAIR
    return float((level / RAREST) ** _EMPHASIS)
