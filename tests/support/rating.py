"""Ways to rate spans that a test can foresee."""

from msgspec.structs import replace

from docqa.answer.quoting.ranking import Rate, rate


def prefer(words: str) -> Rate:
    """Rates the spans that hold some words as sure to answer."""
    return lambda question, result: [
        replace(one, likely=float(words in one.candidate.text)) for one in rate(question, result)
    ]
