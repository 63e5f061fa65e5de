"""How tests open a model."""

from collections.abc import Callable

from docqa.llm.llama.model import LlamaModel

Open = Callable[..., LlamaModel]
