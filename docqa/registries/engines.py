"""The registry of engines: everything that can write an answer."""

from collections.abc import Mapping
from enum import StrEnum

from docqa.registries import Entry


class EngineKind(StrEnum):
    """Which kind of engine writes the answer."""

    QUOTES = "quotes"
    LLAMA = "llama"
    ENDPOINT = "endpoint"
    ECHO = "echo"


class EngineEntry(Entry):
    """An engine; its opener takes `ModelSettings` and gives a `docqa.llm.model.Model`."""

    def __init__(
        self,
        opener: str,
        package: str = "",
        extra: str = "",
        label: str = "",
        *,
        sends: bool = False,
    ) -> None:
        super().__init__(opener, package, extra, label)
        self.sends = sends
        """Whether it sends what it reads elsewhere; a project's settings may not choose it then."""


# Their words in the chat are `tui_status.<kind>` and `tui_home.why_<kind>`.
ENGINES: Mapping[EngineKind, EngineEntry] = {
    # Quotes need no model: what quotes is in docqa.answer.quoting.
    EngineKind.QUOTES: EngineEntry(""),
    EngineKind.LLAMA: EngineEntry(
        "docqa.llm.llama.model:LlamaModel.open", "llama_cpp", "llama", "--engine llama"
    ),
    EngineKind.ENDPOINT: EngineEntry(
        "docqa.llm.endpoint:EndpointModel",
        "langchain_openai",
        "endpoint",
        "--engine endpoint",
        sends=True,
    ),
    EngineKind.ECHO: EngineEntry("docqa.llm.echo:EchoModel"),
}
CHOICES = ("auto", *map(str, ENGINES))
"""What `model.engine` and --engine take."""
