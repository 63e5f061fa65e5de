"""What kind of model a GGUF file holds, by what it says about itself."""

import re

from docqa import catalog
from docqa.catalog import Kind
from docqa.errors import ModelError
from docqa.llm.files.gguf import GgufFile

# llama.cpp's number of the pooling that gives one score a text.
_RANK = 4
_EMBEDDERS = re.compile(r"(?:^|-)(?:bert|modernbert|eurobert|t5encoder)$|embedding")
_PROJECTORS = ("clip", "mmproj")
# The first generation's base models have one token less than its chat models.
_BASE_VOCABULARY = 49953
# How publishers name a model that was taught to answer, or one that was not.
_CHAT_NAME = re.compile(
    r"(?<![a-z])(?:instruct|chat|it|dpo|sft|rlhf|assistant|thinking|distill|alpaca|vicuna|hermes)(?![a-z])"
)
_BASE_NAME = re.compile(r"(?<![a-z])(?:base|pretrain(?:ed)?|pt)(?![a-z])")


def kind_of(file: GgufFile) -> Kind:
    """The kind of a model file; ModelError where it is no model that can be used alone."""
    if file.architecture in _PROJECTORS or file.text("general.type") == "mmproj":
        raise ModelError("llm.projector", path=file.path)
    if file.text("general.type") == "adapter":
        raise ModelError("llm.adapter", path=file.path)
    if not file.tensors:
        raise ModelError("llm.vocabulary_only", path=file.path)
    pooling = file.number(f"{file.architecture}.pooling_type")
    if pooling == _RANK or any(tensor.name.startswith("cls.") for tensor in file.tensors):
        return "reranking"
    if pooling is not None or _EMBEDDERS.search(file.architecture):
        return "embedding"
    if not file.vocabulary or not file.text("tokenizer.ggml.model"):
        raise ModelError("llm.no_vocabulary", path=file.path)
    return "base" if is_base(file) else "chat"


def is_base(file: GgufFile) -> bool:
    """Whether a model only continues text: by its name, or because nothing taught it turns."""
    names = " / ".join(own_names(file))
    if catalog.names_base_model(names) or file.vocabulary == _BASE_VOCABULARY:
        return True
    if catalog.named_entry(names) or _CHAT_NAME.search(names.lower()):
        return False
    if _BASE_NAME.search(names.lower()):
        return True
    # Early Llama files carry no template; others without one were never taught to answer.
    return file.architecture != "llama" and not file.text("tokenizer.chat_template")


def check_answers(file: GgufFile) -> None:
    """Refuse a file that cannot answer questions, saying what it is and what to do."""
    kind = kind_of(file)
    if kind == "embedding":
        raise ModelError("llm.is_embedder", path=file.path)
    if kind == "reranking":
        raise ModelError("llm.is_reranker", path=file.path)


def own_names(file: GgufFile) -> tuple[str, ...]:
    """What a file calls itself, the most telling first."""
    title = file.text("general.name") or ""
    # All first-party repositories use the same file names: there the folder tells more.
    plain_file = file.path.stem.startswith("ggml-model")
    names = (file.path.parent.name, file.path.stem) if plain_file else (file.path.stem,)
    return tuple(name for name in (*names, title, file.path.parent.name) if name)
