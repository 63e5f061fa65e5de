"""Measures how long the steps of an answer take."""

import time


class Clock:
    """Seconds by step, and in all; each step ends where the next begins."""

    def __init__(self) -> None:
        """Start."""
        self._begun = self._last = time.perf_counter()
        self._steps: dict[str, float] = {}

    def lap(self, name: str, *, once: bool = False) -> None:
        """End a step; `once` leaves one that has ended before as it is."""
        if once and name in self._steps:
            return
        now = time.perf_counter()
        self._steps[name] = self._steps.get(name, 0.0) + now - self._last
        self._last = now

    def seconds(self) -> dict[str, float]:
        """Each step and the total, in milliseconds' precision."""
        total = time.perf_counter() - self._begun
        return {name: round(value, 3) for name, value in {**self._steps, "total": total}.items()}
