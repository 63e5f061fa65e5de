"""Which prompt template a model file gets."""

import logging

from docqa.errors import ModelError
from docqa.llm.files.gguf import GgufFile
from docqa.llm.llama.prompt_format.families import FAMILIES
from docqa.llm.llama.prompt_format.file_template import file_template
from docqa.llm.llama.prompt_format.templates import Template

_LOG = logging.getLogger(__name__)
# The vocabularies of the first two generations of Chinese-Alpaca: their files carry no template
# or Llama's, which is another.
_ALPACA = {49953: "alpaca1", 49954: "alpaca1", 55296: "alpaca2"}
# A family and the tokens that only its vocabularies have, the surest first.
_SIGNS = (
    ("chatml", ("<|im_start|>", "<|im_end|>")),
    ("gemma", ("<start_of_turn>",)),
    ("llama3", ("<|start_header_id|>",)),
    ("glm4", ("[gMASK]", "<|assistant|>")),
    ("deepseek", ("<｜User｜>",)),
    ("phi3", ("<|assistant|>", "<|end|>")),
    ("mistral", ("[INST]",)),
)


def choose_template(
    file: GgufFile, asked: str = "auto", entry: str = "", *, thinking: bool = False
) -> Template:
    """The template: as asked, the catalog's, the file's own, or what its vocabulary shows.

    `thinking` is for templates that have a switch for it.
    """
    source = file.text("tokenizer.chat_template") or ""
    if asked not in ("auto", "file"):
        return FAMILIES[asked]
    if asked == "auto" and (known := entry or _alpaca(file)):
        return FAMILIES[known]
    if source:
        try:
            return file_template(source, thinking=thinking)
        except ModelError as error:
            if asked == "file":
                raise
            _LOG.warning("%s: %s", file.path.name, error)
    family = family_of(file, source)
    if family is None:
        raise ModelError("llm.no_template", path=file.path)
    return FAMILIES[family]


def family_of(file: GgufFile, source: str = "") -> str | None:
    """The family whose tokens the vocabulary has; a Llama without any is taken for Alpaca."""
    for family, tokens in _SIGNS:
        if all(file.has_token(token) for token in tokens):
            return family
    if file.architecture != "llama" or file.text("tokenizer.ggml.model") != "llama":
        return None
    return "alpaca1" if "### Instruction" in source else "alpaca2"


def _alpaca(file: GgufFile) -> str:
    is_llama = file.architecture == "llama" and file.text("tokenizer.ggml.model") == "llama"
    return _ALPACA.get(file.vocabulary, "") if is_llama else ""
