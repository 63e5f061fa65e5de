"""What the user should know, told once: the library, the model and its cache push it in here."""

import threading
from collections import deque

from docqa.types import Progress, ReportProgress, Warned


class Notices:
    """Collects notices from any thread until the answer that is under way shows them."""

    def __init__(self, report: ReportProgress | None = None) -> None:
        """Hold nothing yet; `report` hears at once how far counted work is."""
        self._report = report
        self._waiting: deque[Warned] = deque()
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def push(self, notice: Warned) -> None:
        """Add a notice."""
        self._waiting.append(notice)

    def push_once(self, notice: Warned) -> None:
        """Add a notice unless the very same was added before."""
        with self._lock:
            same = repr(notice)
            if same not in self._told:
                self._told.add(same)
                self._waiting.append(notice)

    def hear(self, progress: Progress) -> None:
        """Take a search's progress: what has no count is a notice, the rest is reported."""
        if progress.total is None:
            self.push_once(Warned(progress.message, progress.facts))
        elif self._report:
            self._report(progress)

    def take(self) -> list[Warned]:
        """The notices that wait, which are gone afterwards."""
        taken = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        return taken
