"""Tries a model file that is new here in a process of its own.

llama.cpp ends its whole process over some kinds of damage; ours must live on to say so.
Run as: python -m docqa.llm.llama.crash_test FILE
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from docqa import paths
from docqa.errors import ModelError, StorageError
from docqa.fingerprint import fingerprint

_WINDOW = 512
_REFUSED = 7
# What Windows makes of an abort; elsewhere a signal's number is negative, or Windows' above bytes.
_ABORTED, _LARGEST = 3, 255
# Generous to a slow disk; what takes longer never ends.
_SECONDS, _BYTES_A_SECOND = 60.0, 20 << 20
_REMEMBERED = 200
_TEXT = "第一条 员工连续工作满一年的，享受带薪年休假。 Annual leave: 5 days.\n"


def check(path: Path) -> None:
    """Refuse a file that llama.cpp does not survive; one that passed is not tried again."""
    # Imported here: the child sets its limits first.
    import llama_cpp

    # The time too: damage may lie where the fingerprint takes no sample.
    changed = path.stat().st_mtime_ns
    tried = f"{fingerprint(path.parent, [path])} {changed} {llama_cpp.__version__}"
    if tried in _passed():
        return
    seconds = _SECONDS + path.stat().st_size / _BYTES_A_SECOND
    try:
        code = subprocess.run(
            [sys.executable, "-P", "-m", "docqa.llm.llama.crash_test", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A backtrace would hold the process up and is for nobody.
            env=os.environ | {"GGML_NO_BACKTRACE": "1"},
            timeout=seconds,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise ModelError("llm.never_loads", path=path, seconds=round(seconds)) from error
    if code < 0 or code == _ABORTED or code > _LARGEST:
        raise ModelError("llm.kills", path=path)
    # What was refused without a crash is refused here too, and in words.
    if code == 0:
        _keep(tried)


def main(path: Path) -> int:
    """Load the file, read a text and draw a token; whatever happens, happens here."""
    from docqa.llm.llama.native import Native, Sampling

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
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
        return _REFUSED
    return 0


def _file() -> Path:
    return paths.data_dir() / "tried.json"


def _passed() -> list[str]:
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []


def _keep(tried: str) -> None:
    # Only a convenience: what cannot be written is tried again next time.
    try:
        paths.private_dir(_file().parent)
        aside = _file().with_suffix(f".{os.getpid()}.part")
        aside.write_text(json.dumps([*_passed(), tried][-_REMEMBERED:], indent=1), "utf-8")
        aside.replace(_file())
    except (OSError, StorageError):
        return


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
