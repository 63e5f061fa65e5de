"""Which language a text is in, as far as prompts, replies and patterns go."""

# No pattern: Python takes a millisecond to compile a range of so many characters.
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"


def language_of(text: str) -> str:
    """`zh` where a text holds Chinese characters, else `en`."""
    return "zh" if any(_FIRST_HAN <= character <= _LAST_HAN for character in text) else "en"
