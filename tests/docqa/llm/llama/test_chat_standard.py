"""LangChain's own tests for chat models.

What they cover and such a model cannot do is switched off by their own properties:
- tool calling and tool choice: the Alpaca models were never trained on tools, and docqa gives none;
- images, audio, video, PDF and Anthropic blocks: text only;
- another model by name in one call: one file is loaded;
- making one from environment variables, or from its own dump: it holds a loaded model;
- recorded network traffic (VCR): there is no network.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from docqa.llm import open_model
from docqa.llm.llama.chat_model import ChatLlamaCpp
from docqa.llm.llama.model import LlamaModel
from docqa.settings import ModelSettings, Settings


@pytest.fixture(scope="class")
def llama(request: pytest.FixtureRequest, quoting: Path) -> Iterator[LlamaModel]:
    settings = ModelSettings(
        engine="llama", name=str(quoting), threads=1, context=2048, max_tokens=200
    )
    model = open_model(Settings(model=settings))
    request.cls.llama = model
    yield model
    model.close()


class _Switches:
    llama: LlamaModel

    @pytest.fixture(autouse=True)
    def _loaded(self, llama: LlamaModel) -> None:
        pass

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatLlamaCpp

    @property
    def chat_model_params(self) -> dict[str, object]:
        return {"llama": self.llama}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return True

    @property
    def structured_output_kwargs(self) -> dict[str, object]:
        return {"method": "json_schema"}

    @property
    def supports_json_mode(self) -> bool:
        return True


@pytest.mark.usefixtures("llama")
class TestUnit(_Switches, ChatModelUnitTests):
    pass


@pytest.mark.usefixtures("llama")
class TestIntegration(_Switches, ChatModelIntegrationTests):
    pass
