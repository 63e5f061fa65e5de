from pathlib import Path

import pytest

from docqa import catalog
from docqa.errors import ModelError
from docqa.llm import engine_kind, open_model
from docqa.settings import ModelSettings, Settings
from docqa.types import EngineKind


def test_without_a_model_docqa_quotes_and_says_how_to_get_one() -> None:
    assert engine_kind(Settings()) is EngineKind.QUOTES
    with pytest.raises(ModelError) as error:
        open_model(Settings())
    assert "models" in (error.value.hint or "")


def test_an_installed_model_answers(tiny: Path) -> None:
    catalog.register(catalog.Installed(name="小模型", path=tiny, kind="chat"))
    assert engine_kind(Settings()) is EngineKind.LLAMA
    model = open_model(Settings(model=ModelSettings(threads=1, context=512)))
    assert model.info.model == "小模型"
    model.close()


def test_an_embedder_or_a_vanished_file_answers_nothing(tiny: Path, tmp_path: Path) -> None:
    catalog.register(catalog.Installed(name="向量", path=tiny, kind="embedding"))
    catalog.register(catalog.Installed(name="没了", path=tmp_path / "x.gguf", kind="chat"))
    assert engine_kind(Settings()) is EngineKind.QUOTES


def test_the_engine_asked_for_wins() -> None:
    assert engine_kind(Settings(model=ModelSettings(engine="echo"))) is EngineKind.ECHO
    assert engine_kind(Settings(model=ModelSettings(name="x.gguf"))) is EngineKind.LLAMA
