"""Notices when a model has begun to repeat itself for ever."""

_LONGEST = 200
_ENOUGH = 64
_TIMES = 3


class LoopWatch:
    """Told each token; says when the last ones are one stretch, over and over."""

    def __init__(self) -> None:
        self._tokens: list[int] = []
        # For each period: how many tokens in a row equal the one a period earlier.
        self._runs = [0] * (_LONGEST + 1)

    def repeats(self, token: int) -> bool:
        """Take the next token; True when a stretch was said three times and fills 64 tokens."""
        self._tokens.append(token)
        found = False
        for period in range(1, min(len(self._tokens), _LONGEST + 1)):
            if self._tokens[-1 - period] != token:
                self._runs[period] = 0
                continue
            self._runs[period] += 1
            times = max(_TIMES, -(-_ENOUGH // period))
            found = found or self._runs[period] >= period * (times - 1)
        return found
