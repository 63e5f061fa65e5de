"""Tiny real models with random weights, made once a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from docqa.llm import open_model
from docqa.llm.llama.model import LlamaModel
from docqa.settings import ModelSettings, Settings
from tests.support.opening import Open
from tests.support.tiny_gguf import (
    REAL_TOKENIZER,
    Shape,
    llama3_vocabulary,
    real_vocabulary,
    trained_vocabulary,
    write_gguf,
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def tiny(folder: Path) -> Path:
    """The second generation's kind: 4K, SentencePiece."""
    return write_gguf(folder / "alpaca-2-tiny" / "ggml-model-f16.gguf")


@pytest.fixture(scope="session")
def third(folder: Path) -> Path:
    """The third generation's kind: byte-level vocabulary with Llama 3's control tokens."""
    return write_gguf(
        folder / "llama3" / "tiny.gguf", Shape(rope_base=5e5, context=8192), llama3_vocabulary()
    )


@pytest.fixture(scope="session")
def real(folder: Path) -> Path:
    """The real vocabulary of 55,296 pieces around random weights."""
    if not REAL_TOKENIZER.is_file():
        pytest.skip("the real tokenizer is not here")
    return write_gguf(folder / "real" / "tiny.gguf", Shape(layers=1), real_vocabulary())


@pytest.fixture(scope="session")
def slow(folder: Path) -> Path:
    """Wide enough that a prompt takes a while."""
    return write_gguf(
        folder / "slow" / "tiny.gguf", Shape(layers=8, hidden=1024, heads=8, ffn=4096)
    )


@pytest.fixture(scope="session")
def quoting(folder: Path) -> Path:
    """Likes quotation marks and ends, so that grammars come to their end."""
    vocabulary = trained_vocabulary()
    favoured = {vocabulary.id('"'): 2.0, vocabulary.eos: 0.5}
    return write_gguf(folder / "quoting" / "tiny.gguf", Shape(favoured=favoured), vocabulary)


@pytest.fixture
def open_tiny() -> Iterator[Open]:
    """Opens models with one thread, and closes them."""
    opened: list[LlamaModel] = []

    def open_it(path: Path, **changes: object) -> LlamaModel:
        settings = {"engine": "llama", "name": str(path), "threads": 1, "context": 1024}
        settings |= {"max_tokens": 40, "temperature": 0.0} | changes
        opened.append(open_model(Settings(model=ModelSettings(**settings))))
        return opened[-1]

    yield open_it
    for model in opened:
        model.close()
