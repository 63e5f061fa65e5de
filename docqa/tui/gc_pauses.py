"""When Python looks for garbage: between answers, not while someone types."""

import gc

# Looking through everything takes a tenth of a second, and happened twice a second in an answer.
_RARELY = 1_000


class GarbageBetweenAnswers:
    """From begin to end, whole collections happen only when asked for."""

    def begin(self) -> None:
        """Keep what is young small, and leave the rest alone."""
        young, middle, self._old = gc.get_threshold()
        gc.set_threshold(young, middle, _RARELY)

    def settle(self) -> None:
        """Leave out from now on what has been loaded: it stays."""
        gc.collect()
        gc.freeze()

    def collect(self) -> None:
        """Look through what has come since; a good moment is while an answer is being read."""
        gc.collect()

    def end(self) -> None:
        """Give Python its own pace back."""
        gc.unfreeze()
        young, middle, _ = gc.get_threshold()
        gc.set_threshold(young, middle, self._old)
