"""Makes prompt markup in foreign text harmless: it stays readable, but is no markup any more."""

import re

# What the three template families, and the common others, use to mark turns and roles.
# Invisible characters between the letters do not hide it.
_GAP = r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"


def _loose(word: str) -> str:
    return _GAP.join(map(re.escape, word))


_MARKUP = re.compile(
    "|".join(
        (
            rf"\[{_GAP}/?{_GAP}{_loose('INST')}{_GAP}\]",
            rf"<{_GAP}<{_GAP}/?{_GAP}{_loose('SYS')}{_GAP}>{_GAP}>",
            rf"<{_GAP}/?{_GAP}(?:s|unk|pad|bos|eos){_GAP}>",
            rf"<{_GAP}\|[^<>|\n]{{1,64}}\|{_GAP}>",
            rf"#{_GAP}#{_GAP}#{_GAP}(?:{_loose('Instruction')}|{_loose('Response')}|{_loose('Input')}){_GAP}[:：]",
        )
    ),
    re.IGNORECASE,
)
# Full-width twins look the same to a reader; the length does not change, so offsets keep.
_TWINS = str.maketrans("[]<>#|", "［］＜＞＃｜")


def neutralise(text: str) -> str:
    """The text with every imitation of prompt markup written in full-width signs."""
    return _MARKUP.sub(lambda found: found.group().translate(_TWINS), text)
