"""Which language a question is in, as far as prompts and replies go."""

import re

_HAN = re.compile(r"[\u3400-\u9fff]")


def language_of(question: str) -> str:
    """`zh` where the question holds Chinese characters, else `en`."""
    return "zh" if _HAN.search(question) else "en"
