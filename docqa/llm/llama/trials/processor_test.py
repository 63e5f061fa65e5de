"""Tries once per build and processor whether llama.cpp runs here at all.

On some processors its fastest kernels end the process (seen: AMX on a virtual machine). A tiny
model that is known to be good tells that from a damaged file.
Run as: python -m docqa.llm.llama.trials.processor_test FILE EXTRA_BUFFERS
"""

import math
import sys
import tempfile
from functools import cache
from pathlib import Path

from docqa.errors import ModelError
from docqa.llm.llama.trials.trial_process import (
    REFUSED,
    TrialOutcome,
    forbid_core_files,
    keep,
    recall,
    run_trial,
)

_NAME = "processor"
_SECONDS = 120.0
_PROMPT = 64


@cache
def check() -> bool:
    """Whether models may use the extra buffers; ModelError where llama.cpp runs in no way here."""
    from docqa.llm.llama.backends import build_and_processor, load_backends, use_extra_buffers

    # A build with one library a processor level has loaded none of them yet.
    load_backends()
    known, here = recall(_NAME), build_and_processor()
    found = next((way for way in (True, False) if f"{here} {way:d}" in known), None)
    if found is None:
        found = _try()
        keep(_NAME, known, f"{here} {found:d}")
    use_extra_buffers(found)
    return found


def _try() -> bool:
    from docqa.llm.llama.trials.tiny_model import write_tiny_model

    with tempfile.TemporaryDirectory() as folder:
        path = write_tiny_model(Path(folder) / "tiny.gguf")
        for extra in (True, False):
            module = "docqa.llm.llama.trials.processor_test"
            outcome = run_trial(module, str(path), str(int(extra)), seconds=_SECONDS)
            if outcome is TrialOutcome.PASSED:
                return extra
    raise ModelError("llm.processor", outcome=outcome.value)


def main(path: Path, *, extra_buffers: bool) -> int:
    """Read a prompt with the model and look at what comes out."""
    forbid_core_files()
    from docqa.llm.llama.backends import use_extra_buffers
    from docqa.llm.llama.native import Native, Sampling

    use_extra_buffers(extra_buffers)
    options = {"n_ctx": 256, "n_batch": 256, "n_threads": 1, "n_threads_batch": 1}
    native = Native(path, options | {"n_gpu_layers": 0, "flash_attn": True})
    ids = [3 + 7 * n % 256 for n in range(_PROMPT)]
    native.evaluate(ids)
    tokens = native.draw(ids, Sampling(temperature=0.0))
    for _ in range(4):
        next(tokens)
    scores = native.last_scores()
    native.close()
    return 0 if all(map(math.isfinite, scores)) else REFUSED


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), extra_buffers=bool(int(sys.argv[2]))))
