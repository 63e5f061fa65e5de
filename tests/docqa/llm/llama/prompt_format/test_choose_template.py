"""Which template a file gets: as asked, the catalog's, its own, or what its vocabulary shows."""

import pytest

from docqa.errors import ModelError
from docqa.llm.files.gguf import read_metadata
from docqa.llm.llama.prompt_format.choose_template import choose_template, family_of
from tests.support.tiny_gguf import byte_vocabulary, write_gguf


def test_what_is_asked_for_and_what_the_catalog_says_come_first(tmp_path):
    file = read_metadata(write_gguf(tmp_path / "a.gguf"))
    assert choose_template(file, "chatml").name == "chatml"
    assert choose_template(file, "auto", "llama3").name == "llama3"


def test_a_llama_without_signs_is_taken_for_alpaca(tmp_path):
    file = read_metadata(write_gguf(tmp_path / "a.gguf"))
    assert family_of(file) == "alpaca2"
    assert family_of(file, "### Instruction: {{ m }}") == "alpaca1"


def test_the_vocabulary_shows_the_family(tmp_path):
    vocabulary = byte_vocabulary(
        ("<|im_start|>", "<|im_end|>"), bos="<|im_start|>", eos="<|im_end|>"
    )
    file = read_metadata(write_gguf(tmp_path / "b.gguf", vocabulary=vocabulary))
    assert choose_template(file).name == "chatml"


def test_a_file_that_shows_nothing_is_refused(tmp_path):
    file = read_metadata(
        write_gguf(tmp_path / "c.gguf", vocabulary=byte_vocabulary(("<x>",), bos="<x>", eos="<x>"))
    )
    with pytest.raises(ModelError) as refused:
        choose_template(file)
    assert refused.value.code == "llm.no_template"
