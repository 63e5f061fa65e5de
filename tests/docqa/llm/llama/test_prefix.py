from collections.abc import Sequence
from pathlib import Path

from langchain_core.messages import HumanMessage, SystemMessage

from docqa.llm.llama.model import LlamaModel
from tests.support.opening import Open

DOCUMENT = "第一条 员工连续工作满一年的，享受带薪年休假。\n" * 20
READ = [SystemMessage("只用资料回答。"), HumanMessage(f"资料：\n{DOCUMENT}")]


def asked(question: str) -> list[SystemMessage | HumanMessage]:
    return [READ[0], HumanMessage(f"资料：\n{DOCUMENT}\n问题：{question}")]


def read(model: LlamaModel, tokens: Sequence[int]) -> bool:
    """Compute a prompt without answering."""
    with model.native.turn():
        return model.native.evaluate(tokens)


def test_a_kept_prompt_is_loaded_and_answers_the_same(
    tiny: Path, open_tiny: Open, tmp_path: Path
) -> None:
    first, second = open_tiny(tiny), open_tiny(tiny)
    tokens = first.prefix_tokens(READ)
    assert read(first, tokens)
    assert first.native.save(tmp_path / "x") == (tmp_path / "x").stat().st_size
    expected = first.chat.invoke(asked("几天？")).content

    assert second.native.load(tmp_path / "x", tokens)
    assert second.reusable(asked("几天？")) >= len(tokens)
    answer = second.chat.invoke(asked("几天？"))
    assert answer.content == expected
    assert answer.usage_metadata["input_token_details"]["cache_read"] >= len(tokens)


def test_a_file_of_other_tokens_is_not_taken(tiny: Path, open_tiny: Open, tmp_path: Path) -> None:
    model = open_tiny(tiny)
    read(model, [1, 300, 301])
    model.native.save(tmp_path / "x")
    assert not model.native.load(tmp_path / "x", [1, 300, 302])
    assert model.reusable(READ) == 0
    assert model.chat.invoke(READ).content


def test_a_damaged_file_is_not_taken(tiny: Path, open_tiny: Open, tmp_path: Path) -> None:
    model = open_tiny(tiny)
    read(model, [1, *range(300, 400)])
    model.native.save(tmp_path / "x")
    data = (tmp_path / "x").read_bytes()
    for damaged in (data[: len(data) // 2], b"", b"x" * 100):
        (tmp_path / "x").write_bytes(damaged)
        assert not model.native.load(tmp_path / "x", [1, *range(300, 400)])
    assert not model.native.load(tmp_path / "missing", [1])
    assert model.chat.invoke(READ).content


def test_a_cancelled_reading_says_so(tiny: Path, open_tiny: Open) -> None:
    native = open_tiny(tiny).native
    with native.turn(lambda: True):
        assert not native.evaluate([1, 300])


def test_the_identity_changes_with_what_a_reading_depends_on(
    tiny: Path, third: Path, open_tiny: Open
) -> None:
    identity = open_tiny(tiny).identity
    assert open_tiny(tiny, batch=64, temperature=1.0).identity == identity
    others = [
        open_tiny(third).identity,
        open_tiny(tiny, context=512).identity,
        open_tiny(tiny, kv_type="q8_0").identity,
        open_tiny(tiny, template="alpaca1").identity,
        open_tiny(tiny, ntk=2.0).identity,
    ]
    assert identity not in others
    assert len(set(others)) == len(others)


def test_the_prompt_speed_is_measured_and_kept(tiny: Path, open_tiny: Open) -> None:
    model = open_tiny(tiny)
    assert model.prompt_speed is None
    model.chat.invoke(asked("几天？"), max_tokens=2)
    assert model.prompt_speed > 0
    assert open_tiny(tiny).prompt_speed == model.prompt_speed
    assert open_tiny(tiny, batch=64).prompt_speed is None
