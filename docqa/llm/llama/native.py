"""The one place that calls llama.cpp: no calls after close, one caller at a time."""

import contextlib
import ctypes
import inspect
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
from llama_cpp import _internals
from llama_cpp.llama_grammar import LlamaGrammar
from msgspec import Struct

from docqa.errors import ModelBusy, ModelError
from docqa.llm.llama.backends import load_backends
from docqa.llm.llama.cancel import Switch, ctrl_c_held
from docqa.llm.llama.native_log import count_offloaded, hearing
from docqa.llm.llama.seal import is_whole, seal
from docqa.llm.llama.speculation import Drafter
from docqa.llm.llama.vocabulary import Vocabulary
from docqa.types import Cancelled

# While it loads a model, llama-cpp-python sends all output of the process to nowhere, and with it
# a screen that is drawn meanwhile. The log is ours already, so nothing is left to be hidden.
for _module in (_internals, llama_cpp.llama):
    setattr(_module, "suppress_stdout_stderr", lambda disable: contextlib.nullcontext())  # noqa: B010

ReportTokens = Callable[[int, int], None]
_WAIT = 0.05
# A computation this short need not be stopped in its middle.
_SHORT = 0.1
_ANY_SEED = 0xFFFFFFFE


class Sampling(Struct, frozen=True):
    """How the next token is drawn."""

    temperature: float = 0.2
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.0
    repeat_penalty: float = 1.1
    seed: int = 42
    grammar: str | None = None


class _Llama(llama_cpp.Llama):
    """Never compiles the chat template that a file carries: it is foreign code."""

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says about itself."""
        return self._metadata

    @metadata.setter
    def metadata(self, found: dict[str, str]) -> None:
        """Keep all but chat templates."""
        self._metadata = {key: value for key, value in found.items() if "chat_template" not in key}


class Native(Vocabulary):
    """A loaded model with its context: token ids in, token ids out."""

    def __init__(self, path: Path, options: Mapping[str, Any]) -> None:
        """Load; ModelError where an option is unknown to this version or llama.cpp refuses."""
        check_options(options)
        load_backends()
        with ctrl_c_held(lambda: None), hearing() as heard:
            try:
                llama = _Llama(str(path), verbose=False, **options)
            except (ValueError, RuntimeError, MemoryError) as error:
                raise _refuse(path, error, heard) from error
        super().__init__(llama)
        self.window = llama.n_ctx()
        layers = int(llama_cpp.llama_model_n_layer(self._llama.model)) + 1
        self.gpu_layers, self.layers = count_offloaded(heard) or (0, layers)
        # Recurrent networks keep one state for all tokens, from which none can be taken away.
        self.can_cut = not (
            llama_cpp.llama_model_is_recurrent(self._llama.model)
            or llama_cpp.llama_model_is_hybrid(self._llama.model)
        )
        self._switch = Switch(llama.ctx)
        # Which of the last scores the token drawn last was chosen by; the last ones, mostly.
        self._row = -1
        # One caller at a time, also between its tokens; each computation.
        self._turn, self._work = threading.Lock(), threading.Lock()

    @cached_property
    def architecture(self) -> str:
        """The kind of network, as the file calls it."""
        return self._llama.metadata.get("general.architecture", "")

    # Turns

    @contextlib.contextmanager
    def turn(self, cancelled: Cancelled | None = None, wait: bool = True) -> Iterator[None]:
        """The model for one caller alone; others wait, until they cancel, or get an error."""
        while not self._turn.acquire(timeout=_WAIT if wait else 0):
            if not wait or (cancelled and cancelled()):
                raise ModelBusy
        try:
            self._switch.arm(cancelled)
            yield
        finally:
            self._switch.arm(None)
            self._turn.release()

    @property
    def cancelled(self) -> bool:
        """Whether the caller in turn wants to stop."""
        return self._switch.pressed

    def list_computed(self) -> list[int]:
        """The tokens whose keys and values are in the cache."""
        ids: list[int] = self._llama.input_ids[: self._llama.n_tokens].tolist()
        return ids

    def count_shared(self, ids: Sequence[int]) -> int:
        """How many of these tokens, from the first, are computed already."""
        computed = self._llama.input_ids[: self._llama.n_tokens]
        length = min(len(computed), len(ids))
        differ = np.flatnonzero(computed[:length] != np.asarray(ids[:length], dtype=np.intc))
        same = int(differ[0]) if len(differ) else length
        # The last token of a prompt is always computed, so none may be in the state already.
        whole = same == len(computed) < len(ids)
        return same if self.can_cut or whole else 0

    def evaluate(self, ids: Sequence[int], progress: ReportTokens | None = None) -> bool:
        """Compute a prompt, reusing what it shares with the last; False where it was cancelled."""
        # The last token is always computed: its output chooses the first word.
        at = min(self.count_shared(ids), len(ids) - 1)
        with self._work:
            self._check_open()
            self._switch.listen(True)
            self._llama.n_tokens = at
        while at < len(ids):
            if progress:
                progress(at, len(ids))
            batch = list(ids[at : at + self._llama.n_batch])
            if self.cancelled or not self._step(partial(self._llama.eval, batch)):
                self._settle(ids)
                return False
            at += len(batch)
        if progress:
            progress(at, at)
        return True

    def _settle(self, ids: Sequence[int]) -> None:
        """Count what was computed of the batch that a cancel broke off."""
        with self._work:
            memory = llama_cpp.llama_get_memory(self._llama.ctx)
            done = llama_cpp.llama_memory_seq_pos_max(memory, 0) + 1
            at = self._llama.n_tokens
            if at < done <= len(ids):
                self._llama.input_ids[at:done] = ids[at:done]
                self._llama.n_tokens = done

    def last_scores(self) -> list[float]:
        """The scores that the token after the last one was drawn by."""
        with self._work:
            self._check_open()
            scores = llama_cpp.llama_get_logits_ith(self._llama.ctx, -1)
            return [float(score) for score in scores[: self.vocabulary]]

    def likelihood(self, token: int) -> float:
        """The natural logarithm of the probability that the token drawn last had to come."""
        with self._work:
            self._check_open()
            row = llama_cpp.llama_get_logits_ith(self._llama.ctx, self._row)
            scores = np.ctypeslib.as_array(row, shape=(self.vocabulary,))
            best = scores.max()
            return float(scores[token] - best - np.log(np.exp(scores - best).sum()))

    def draw(
        self,
        ids: Sequence[int],
        sampling: Sampling,
        injected: list[int] | None = None,
        drafter: Drafter | None = None,
    ) -> Iterator[int]:
        """Tokens that follow an evaluated prompt, until the caller stops asking or cancels.

        Tokens that the caller puts into `injected` follow the last one drawn, and are taken out.
        With a `drafter` the tokens are the same, and may come sooner.
        """
        with self._work:
            self._check_open()
            seed = sampling.seed if sampling.seed >= 0 else random.getrandbits(32)
            self._llama.set_seed(min(seed, _ANY_SEED))
            tokens = self._generate(ids, sampling, drafter)
        all_ids, drawn = list(ids), list[int]()

        def draw_one() -> None:
            drawn.append(next(tokens))

        while not self.cancelled and self._step(draw_one):
            all_ids.append(drawn[0])
            yield drawn.pop()
            if injected:
                all_ids += injected
                injected.clear()
                tokens = self._generate(all_ids, sampling, None)

    def _generate(
        self, ids: Sequence[int], sampling: Sampling, drafter: Drafter | None
    ) -> Iterator[int]:
        options: dict[str, Any] = {
            "temp": sampling.temperature,
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "min_p": sampling.min_p,
            "repeat_penalty": sampling.repeat_penalty,
            "grammar": self._grammar(sampling.grammar),
        }
        self._row = -1
        if drafter is None or not self.can_cut:
            return self._llama.generate(list(ids), **options)
        return self._speculate(drafter, options)

    def _speculate(self, drafter: Drafter, options: Mapping[str, Any]) -> Iterator[int]:
        """Draw as `generate` does after an evaluated prompt, guesses checked in one step each."""
        llama = self._llama
        sampler = llama._init_sampler(**options)
        token = sampler.sample(llama._ctx, -1)
        while True:
            drafter.add(token)
            yield token
            begin = llama.n_tokens
            room = min(self.window - begin, llama.n_batch) - 1
            guesses = drafter.propose()[: max(room, 0)]
            batch = [token, *guesses]
            llama._ctx.kv_cache_seq_rm(-1, begin, -1)
            llama._batch.set_batch(batch, begin, logits_all=True)
            llama._ctx.decode(llama._batch)
            llama.input_ids[begin : begin + len(batch)] = batch
            right = 0
            while True:
                token = sampler.sample(llama._ctx, right)
                self._row = right
                # Only what was drawn counts as computed, whenever the caller stops.
                llama.n_tokens = begin + right + 1
                if right == len(guesses) or token != guesses[right]:
                    break
                right += 1
                drafter.add(token)
                yield token
            drafter.learn(len(guesses), right)

    def _step(self, compute: Callable[[], None]) -> bool:
        with self._work, ctrl_c_held(self._switch.press):
            self._check_open()
            began = time.monotonic()
            try:
                compute()
            except RuntimeError as error:
                if self._switch.pressed:
                    return False
                raise ModelError("llm.failed", reason=error) from error
            self._switch.listen(time.monotonic() - began > _SHORT)
        return True

    def _grammar(self, text: str | None) -> LlamaGrammar | None:
        if text is None:
            return None
        # llama.cpp answers a grammar it refuses with a null that crashes at the first word.
        probe = llama_cpp.llama_sampler_init_grammar(self._vocab, text.encode(), b"root")
        if not probe:
            raise ModelError("llm.grammar", reason="llama.cpp")
        llama_cpp.llama_sampler_free(probe)
        return LlamaGrammar.from_string(text, verbose=False)

    # Kept prompts

    def save(self, path: Path) -> int:
        """Write what is computed to a sealed file; returns its bytes, 0 where it cannot be."""
        with self._work:
            self._check_open()
            ids = self.list_computed()
            tokens = (llama_cpp.llama_token * len(ids))(*ids)
            written = llama_cpp.llama_state_seq_save_file(
                self._llama.ctx, str(path).encode(), 0, tokens, len(ids)
            )
        return seal(path) if written else 0

    def load(self, path: Path, ids: Sequence[int]) -> bool:
        """Take over a file's state if it is whole and of exactly these tokens."""
        whole = is_whole(path)
        with self._work:
            self._check_open()
            if not whole:
                return False
            self._llama.n_tokens = 0
            tokens = (llama_cpp.llama_token * self.window)()
            count = ctypes.c_size_t()
            read = llama_cpp.llama_state_seq_load_file(
                self._llama.ctx, str(path).encode(), 0, tokens, self.window, ctypes.byref(count)
            )
            if not read or tokens[: count.value] != list(ids):
                return False
            self._llama.input_ids[: len(ids)] = ids
            self._llama.n_tokens = len(ids)
            return True

    def close(self) -> None:
        """Free everything; what runs is stopped first."""
        self._switch.press()
        with self._work, self._words:
            if not self._closed:
                self._closed = True
                self._llama.close()


def check_options(options: Mapping[str, object]) -> None:
    """Refuse a constructor option that the installed version does not know: it would be ignored."""
    known = inspect.signature(llama_cpp.Llama.__init__).parameters
    for name in options:
        if name not in known:
            version = llama_cpp.__version__
            raise ModelError("llm.option_unknown", option=name, version=version)


def _refuse(path: Path, error: Exception, heard: list[str]) -> ModelError:
    said = [line for line in heard if "error" in line.lower() or "failed" in line.lower()]
    return ModelError("llm.refused", path=path, reason=said[0].strip() if said else error)
