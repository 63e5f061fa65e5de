"""Lines such as `甲方：某公司`, and how far a question asks for what such a line gives."""

import re

from msgspec import Struct

_NAMED = re.compile(r"(?:^|\n)\s*(?P<name>[^:\n,。;|]{2,14}?)\s*:(?=\s*\S)")
_PARTS = re.compile(r"[()/、\s]+")
_ASKING = re.compile(
    r"[是为有在的]*(?:什么时[候间]|什么|多[少大高长深远宽重快久]|谁|哪位|何时|哪\w?|几个?|怎么收)"
)
# Question words, and the characters by which the name of a field says the same.
_WORDS = (
    (re.compile(r"谁|哪位"), "人者员"),
    (re.compile(r"何时|什么时[候间]|哪[1一]?[天年]|几[点号月]"), "日期时间"),
    (re.compile(r"哪里|哪儿|何处|什么地方"), "地点址位置"),
    (re.compile(r"多少钱|怎么收"), "价格单金额费用"),
    (re.compile(r"电话|号码|手机"), "电话热线手机号码联系方式"),
)
# Less of a field's name than this is chance.
_LEAST = 0.6


class Fields(Struct, frozen=True):
    """What a question says of the field that would hold its answer."""

    question: str
    words: str
    before: str
    after: str

    @classmethod
    def of(cls, question: str) -> "Fields":
        """Read a folded question."""
        words = "".join(characters for asks, characters in _WORDS if asks.search(question))
        asking = _ASKING.search(question)
        if asking is None:
            return cls(question, words, "", "")
        return cls(question, words, question[: asking.start()], question[asking.end() :])

    def measure_match(self, sentence: str) -> float:
        """The share of a field's name that the question says, where it asks for that field."""
        return max((self._say(line["name"]) for line in _NAMED.finditer(sentence)), default=0.0)

    def _say(self, name: str) -> float:
        shares = (
            sum(character in self.question or character in self.words for character in part)
            / len(part)
            for part in _PARTS.split(name)
            if len(part) > 1 and self._is_asked(part)
        )
        best = max(shares, default=0.0)
        return best if best >= _LEAST else 0.0

    def _is_asked(self, name: str) -> bool:
        """Whether the name stands beside the question word: 血压 in 某人的血压是多少."""
        end = name.strip(self.words)[-2:]
        before = self.before.rstrip(self.words) if end else self.before
        return before.endswith(end) or (len(end) > 1 and end in self.after)
