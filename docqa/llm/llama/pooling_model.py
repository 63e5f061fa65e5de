"""Loads a GGUF model that gives one vector or one score a text: embedders and rerankers."""

from typing import TYPE_CHECKING

from docqa.errors import ModelError
from docqa.extras import missing
from docqa.llm.files.gguf import GgufFile

if TYPE_CHECKING:
    from llama_cpp import Llama

# Passages are far shorter, and the compute buffers grow with the square.
_LONGEST = 2048


def load_pooling_model(file: GgufFile, pooling: int, gpu_layers: int = 0) -> "Llama":
    """The loaded model; MissingExtra without llama.cpp, ModelError where it cannot be loaded."""
    try:
        from llama_cpp import Llama
    except ModuleNotFoundError as error:
        raise missing("llama", "GGUF") from error
    from docqa.llm.llama.native_log import hearing
    from docqa.llm.llama.trials import processor_test

    processor_test.check()
    window = min(file.count("context_length"), _LONGEST)
    with hearing():
        try:
            return Llama(
                str(file.path),
                embedding=True,
                pooling_type=pooling,
                n_ctx=window,
                n_batch=window,
                n_ubatch=window,
                n_gpu_layers=gpu_layers,
                verbose=False,
            )
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                "dense.folder_unreadable", path=file.path, reason=str(error)
            ) from error
