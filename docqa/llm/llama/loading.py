"""From settings and plan to llama-cpp-python's constructor options, with the checks around them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from docqa.errors import ModelError
from docqa.llm.fit import machine
from docqa.llm.fit.footprint import Load
from docqa.llm.llama.rope import Positions
from docqa.settings import ModelSettings

if TYPE_CHECKING:
    from docqa.llm.llama.native import Native

# ggml's numbers of the KV cache types.
_KV_TYPES = {"f16": 1, "q4_0": 2, "q8_0": 8}


def options(settings: ModelSettings, load: Load, placed: Positions) -> dict[str, Any]:
    """The constructor options of a model loaded this way."""
    return {**chosen_options(settings, load), **placed.options}


def chosen_options(settings: ModelSettings, load: Load) -> dict[str, Any]:
    """Those of the constructor options that no model file has a say in."""
    threads = settings.threads or machine.physical_cores()
    kv_type = _KV_TYPES[load.kv_type]
    return {
        "n_ctx": load.window,
        "n_batch": settings.batch,
        "n_ubatch": min(settings.batch, load.micro_batch),
        "n_threads": threads,
        "n_threads_batch": threads,
        "n_gpu_layers": load.gpu_layers,
        "flash_attn": settings.flash_attention,
        "type_k": kv_type,
        "type_v": kv_type,
        "use_mmap": settings.mmap,
        "use_mlock": settings.mlock,
    }


def kv_type(chosen: Mapping[str, object]) -> str:
    """The name of the KV cache's type among constructor options."""
    return next(name for name, number in _KV_TYPES.items() if number == chosen["type_k"])


def check_gpu(native: "Native") -> None:
    """Fail where no layer is on a GPU: the build cannot, or none was put there."""
    if native.gpu_layers:
        return
    native.close()
    if not machine.can_offload():
        raise ModelError("llm.gpu_not_in_build", command=machine.reinstall_command())
    raise ModelError("llm.gpu_unused")
