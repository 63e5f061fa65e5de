"""Tries a model file that is new here in a process of its own.

llama.cpp ends its whole process over some kinds of damage; ours must live on to say so.
Run as: python -m docqa.llm.llama.trials.crash_test FILE EXTRA_BUFFERS
"""

import sys
from pathlib import Path

from docqa.errors import ModelError
from docqa.fingerprint import fingerprint
from docqa.llm.llama.trials.trial_process import (
    REFUSED,
    TrialOutcome,
    forbid_core_files,
    keep,
    recall,
    run_trial,
)

_WINDOW = 512
# Generous to a slow disk; what takes longer never ends.
_SECONDS, _BYTES_A_SECOND = 60.0, 20 << 20
_TEXT = "第一条 员工连续工作满一年的，享受带薪年休假。 Annual leave: 5 days.\n"
_NAME = "tried"


def check(path: Path) -> None:
    """Refuse a file that llama.cpp does not survive; one that passed is not tried again."""
    # Imported here: the child sets its limits first.
    import llama_cpp

    from docqa.llm.llama.trials import processor_test

    extra = processor_test.check()
    # The time too: damage may lie where the fingerprint takes no sample.
    changed = path.stat().st_mtime_ns
    tried = f"{fingerprint(path.parent, [path])} {changed} {llama_cpp.__version__} {extra:d}"
    known = recall(_NAME)
    if tried in known:
        return
    seconds = _SECONDS + path.stat().st_size / _BYTES_A_SECOND
    outcome = run_trial(
        "docqa.llm.llama.trials.crash_test", str(path), str(int(extra)), seconds=seconds
    )
    if outcome is TrialOutcome.NEVER_ENDED:
        raise ModelError("llm.never_loads", path=path, seconds=round(seconds))
    if outcome is TrialOutcome.DIED:
        raise ModelError("llm.kills", path=path)
    # What was refused without a crash is refused here too, and in words.
    if outcome is TrialOutcome.PASSED:
        keep(_NAME, known, tried)


def main(path: Path, *, extra_buffers: bool) -> int:
    """Load the file, read a text and draw a token; whatever happens, happens here."""
    from docqa.llm.llama.backends import use_extra_buffers
    from docqa.llm.llama.native import Native, Sampling

    forbid_core_files()
    use_extra_buffers(extra_buffers)
    options = {
        "n_ctx": _WINDOW,
        "n_batch": _WINDOW,
        "n_threads": 1,
        "n_threads_batch": 1,
        "n_gpu_layers": 0,
        "flash_attn": True,
    }
    try:
        native = Native(path, options)
        ids = native.tokenize(_TEXT)[: _WINDOW // 2]
        native.evaluate(ids)
        token = next(native.draw(ids, Sampling()))
        native.piece(token)
        native.close()
    except ModelError:
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), extra_buffers=bool(int(sys.argv[2]))))
