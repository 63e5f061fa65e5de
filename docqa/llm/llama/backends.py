"""llama.cpp's libraries for this processor: where they come from, and which buffers they use."""

import ctypes
import os
import platform
from functools import cache
from hashlib import sha256
from pathlib import Path

import llama_cpp
from llama_cpp import _ggml

from docqa.llm.llama.native_log import listen

_CPU = 0
_EXTRA_BUFFERS = b"ggml_backend_dev_get_extra_bufts"
_uses_extra_buffers = True


@cache
def load_backends() -> None:
    """Load the library for this processor from llama.cpp's own folder, and from nowhere else.

    A build with one library a processor level would look for them in the current folder too, where
    anybody's file could lie.
    """
    ggml = _library()
    ggml.ggml_backend_reg_count.restype = ctypes.c_size_t
    if not ggml.ggml_backend_reg_count():
        listen()
        ggml.ggml_backend_load_all_from_path(os.fsencode(_folder()))


def extra_buffers() -> tuple[str, ...]:
    """The names of the buffers into which models copy weights for this processor's kernels."""
    load_backends()
    if not _uses_extra_buffers:
        return ()
    ggml = _library()
    for name in ("ggml_backend_dev_by_type", "ggml_backend_dev_backend_reg"):
        getattr(ggml, name).restype = ctypes.c_void_p
    ggml.ggml_backend_reg_get_proc_address.restype = ctypes.c_void_p
    ggml.ggml_backend_buft_name.restype = ctypes.c_char_p
    device = ctypes.c_void_p(ggml.ggml_backend_dev_by_type(_CPU))
    if not device:
        return ()
    registry = ctypes.c_void_p(ggml.ggml_backend_dev_backend_reg(device))
    address = ggml.ggml_backend_reg_get_proc_address(registry, _EXTRA_BUFFERS)
    if not address:
        return ()
    buffers = ctypes.CFUNCTYPE(ctypes.POINTER(ctypes.c_void_p), ctypes.c_void_p)(address)(device)
    names: list[str] = []
    while buffers and buffers[len(names)]:
        name = ggml.ggml_backend_buft_name(ctypes.c_void_p(buffers[len(names)]))
        names.append(name.decode())
    return tuple(names)


def use_extra_buffers(use: bool) -> None:
    """Whether models that are loaded from now on may copy weights into such buffers."""
    global _uses_extra_buffers
    _uses_extra_buffers = use


def build_and_processor() -> str:
    """Names this build of llama.cpp on this processor."""
    files = [file for file in sorted(_folder().iterdir()) if file.is_file()]
    facts = [f"{file.name} {(stat := file.stat()).st_size} {stat.st_mtime_ns}" for file in files]
    facts += [llama_cpp.__version__, processor()]
    return sha256("\n".join(facts).encode()).hexdigest()


def processor() -> str:
    """What the system says this processor is and can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    told = ("model name", "flags", "Features", "CPU part")
    first = {line.split(":")[0].strip(): line for line in reversed(lines)}
    return "\n".join(first.get(name, "") for name in told)


def _folder() -> Path:
    return Path(llama_cpp.__file__).parent / "lib"


def _library() -> ctypes.CDLL:
    """The ggml that llama.cpp itself uses.

    A wheel holds one library under several names, which are loaded as several libraries: each would
    have its own list of backends. Windows finds no symbols of a library behind another.
    """
    llama: ctypes.CDLL = llama_cpp.llama_cpp._lib
    return llama if hasattr(llama, "ggml_backend_reg_count") else _ggml.libggml


def _default_params() -> llama_cpp.llama_model_params:
    params: llama_cpp.llama_model_params = _original_params()
    params.use_extra_bufts = params.use_extra_bufts and _uses_extra_buffers
    return params


# llama-cpp-python has no option for it; every model is loaded with these parameters.
_original_params = llama_cpp.llama_cpp.llama_model_default_params
setattr(llama_cpp.llama_cpp, "llama_model_default_params", _default_params)  # noqa: B010
