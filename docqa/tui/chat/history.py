"""Walking through the questions asked before."""

from collections.abc import Sequence


class History:
    """A place in the list of earlier questions; the draft waits at its end."""

    def __init__(self, questions: Sequence[str]) -> None:
        """Begin at the end, with these questions behind."""
        self._questions = list(questions)
        self._place = len(self._questions)
        self._draft = ""

    def move(self, step: int, current: str) -> str | None:
        """The question before (-1) or after (1), or None where there is no further one."""
        place = self._place + step
        if not 0 <= place <= len(self._questions):
            return None
        if self._place == len(self._questions):
            self._draft = current
        self._place = place
        return self._draft if place == len(self._questions) else self._questions[place]
