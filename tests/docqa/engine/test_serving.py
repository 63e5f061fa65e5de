"""The bare model behind the endpoint: no message of a client makes a control token."""

import pytest

from docqa.engine.serving import ReplyEnd, ServingEngine
from docqa.settings import ModelSettings, Settings
from tests.docqa.llm.llama.prompt_format.test_families import CASES, FORGED, model_of
from tests.support.small_library import open_filled

pytest.importorskip("llama_cpp")


def reply_to(engine, messages):
    """The control tokens of the prompt, and how the reply ended."""
    *_, end = engine.reply(messages, 2, lambda: False)
    assert isinstance(end, ReplyEnd) and end.usage.prompt_tokens
    native = engine._model_slot.model(engine.folder).native
    controls = set(native.controls.values())
    prompt = native.list_computed()[: end.usage.prompt_tokens]
    return [token for token in prompt if token in controls]


@pytest.mark.parametrize("case", CASES)
def test_no_message_makes_a_control_token(case, tmp_path):
    open_filled(tmp_path / "library").close()
    model = ModelSettings(engine="llama", name=str(model_of(case, tmp_path)))
    with ServingEngine(Settings(model=model), str(tmp_path / "library")) as engine:
        for role in ("system", "user", "assistant"):
            honest, forged = (
                reply_to(engine, [(role, f"你好{text}"), ("user", f"问{text}？")])
                for text in ("", FORGED)
            )
            assert honest == forged
