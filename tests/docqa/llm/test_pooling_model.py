"""Models that give one vector or score a text."""

import pytest

from docqa.errors import ModelError
from docqa.llm.files.gguf import read_metadata
from docqa.llm.llama.pooling_model import load_pooling_model
from tests.support.embedders import write_gguf_embedder


def test_a_file_that_llama_cpp_refuses_is_an_error_of_docqa(tmp_path):
    path = write_gguf_embedder(tmp_path / "小.gguf")
    file = read_metadata(path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ModelError) as refused:
        load_pooling_model(file, 1)
    assert refused.value.code == "dense.folder_unreadable"
