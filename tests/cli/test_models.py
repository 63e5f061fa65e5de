"""`docqa models`, from the command line down to real files."""

import json
import re

import pytest

from docqa import catalog, paths
from docqa.cli import progress, run
from docqa.llm.files import download
from docqa.llm.fit import machine
from docqa.llm.fit.machine import Gpu, Machine
from tests.support.model_hub import StandInHub
from tests.support.tiny_gguf import Shape, trained_vocabulary, write_gguf

REPOSITORY = "hfl/chinese-alpaca-2-7b-gguf"
GIB = 1 << 30


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write_gguf(tmp_path_factory.mktemp("模型") / "小模型.gguf", Shape())


@pytest.fixture
def hub(tiny, monkeypatch):
    monkeypatch.setattr(download, "_SPARE", 0)
    with StandInHub({REPOSITORY: {"ggml-model-q4_k.gguf": tiny.read_bytes()}}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("MODELSCOPE_DOMAIN", server.url)
        yield server


@pytest.fixture
def small_machine(monkeypatch):
    monkeypatch.setattr(machine, "look", lambda: Machine(8 * GIB, 16 * GIB, 4))


def _json(capsys, *arguments):
    assert run(["models", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_shows_the_catalog_and_what_is_here(capsys, tiny):
    assert run(["models", "add", str(tiny)]) == 0
    capsys.readouterr()
    assert run(["models", "list"]) == 0
    printed = capsys.readouterr().out
    assert all(entry.name in printed for entry in catalog.catalog())
    assert "小模型.gguf" in printed


def test_list_speaks_chinese(capsys):
    assert run(["--lang", "zh", "models", "list"]) == 0
    assert "本机还没有模型。" in capsys.readouterr().out


def test_list_of_one_model_shows_its_quantizations(capsys):
    assert run(["models", "list", "chinese-alpaca-2-7b"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"Q4_K\s+3\.92\s+9\.240", printed)
    assert "Llama 2 Community License" in printed


def test_list_of_an_embedding_model_shows_its_prefix(capsys):
    assert run(["models", "list", "bge-small-zh-v1.5"]) == 0
    assert "query_prefix: 为这个句子" in capsys.readouterr().out


def test_list_as_json(capsys, tiny):
    run(["models", "add", str(tiny)])
    capsys.readouterr()
    told = _json(capsys, "list")
    assert told["installed"][0]["path"] == str(tiny)
    assert {"chat", "embedding", "reranking"} <= set(told)
    assert set(_json(capsys, "list", "--installed")) == {"installed"}


def test_a_name_that_is_none_names_the_nearest_and_exits_2(capsys):
    assert run(["models", "list", "chinese-alpaka-2-7b"]) == 2
    assert "chinese-alpaca-2-7b" in capsys.readouterr().err


def test_add_says_what_the_file_is_and_how_to_use_it(capsys, tmp_path):
    folder = tmp_path / "chinese-alpaca-2-7b-16k-gguf"
    path = write_gguf(folder / "ggml-model-f16.gguf", Shape())
    assert run(["models", "add", str(path)]) == 0
    printed = capsys.readouterr()
    assert "Quantization: F16" in printed.out
    assert "Window: 16384" in printed.out
    assert "--model chinese-alpaca-2-7b-16k-gguf" in printed.out
    assert "another shape" in printed.err
    assert "16384 tokens, its file of 4096" in printed.err


@pytest.mark.parametrize("content", [b"", b"GGUF\3\0\0\0", "第一条".encode()])
def test_add_of_what_is_no_model_is_one_line_and_the_next_step(capsys, tmp_path, content):
    path = tmp_path / "坏.gguf"
    path.write_bytes(content)
    assert run(["models", "add", str(path)]) == 1
    told = capsys.readouterr().err
    assert "坏.gguf" in told
    assert "docqa models pull" in told
    assert catalog.list_installed() == ()


def test_pull_verify_path_and_remove(capsys, hub, tiny):
    told = _json(capsys, "pull", "chinese-alpaca-2-7b", "--quant", "q4_k")
    file = paths.models_dir() / "chinese-alpaca-2-7b" / "ggml-model-q4_k.gguf"
    assert told["model"]["path"] == str(file)
    assert file.read_bytes() == tiny.read_bytes()
    name = told["model"]["name"]
    assert _json(capsys, "verify") == {name: True}
    run(["models", "path", name])
    assert capsys.readouterr().out.strip() == str(file)
    file.write_bytes(file.read_bytes()[:-1] + b"\x7f")
    assert run(["models", "verify", name]) == 1
    assert "changed" in capsys.readouterr().out
    removed = _json(capsys, "remove", name)
    assert removed == {"removed": name, "path": str(file), "deleted": True}
    assert not file.exists()


def test_pull_of_what_is_here_fetches_nothing(capsys, hub):
    _json(capsys, "pull", "chinese-alpaca-2-7b")
    before = len(hub.ranges())
    assert run(["models", "pull", "chinese-alpaca-2-7b"]) == 0
    assert len(hub.ranges()) == before
    assert "already" in capsys.readouterr().err


def test_a_long_pull_says_where_it_is_where_no_bar_can_be_shown(capsys, hub, monkeypatch):
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    assert run(["--lang", "zh", "models", "pull", "chinese-alpaca-2-7b"]) == 0
    assert re.search(r"KiB / 35\d KiB，.*/秒，剩余 .* 分钟", capsys.readouterr().err)


def test_pull_says_beforehand_that_the_model_cannot_run_here(capsys, hub, monkeypatch):
    monkeypatch.setattr(machine, "look", lambda: Machine(2 * GIB, 4 * GIB, 2))
    assert run(["models", "pull", "chinese-alpaca-2-7b"]) == 0
    assert "Chinese-Alpaca-2-7B needs" in capsys.readouterr().err


def test_pull_of_a_quantization_that_is_not_there_names_those_that_are(capsys, hub):
    assert run(["models", "pull", "chinese-alpaca-2-7b", "--quant", "q8_0"]) == 1
    assert "it has: Q4_K" in capsys.readouterr().err


def test_pull_from_a_hub_that_does_not_answer(capsys, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "http://127.0.0.1:9")
    assert run(["models", "pull", "chinese-alpaca-2-7b"]) == 1
    told = capsys.readouterr().err
    assert "http://127.0.0.1:9" in told
    assert "HF_ENDPOINT" in told


def test_nothing_else_asks_a_hub(capsys, hub, tiny):
    for arguments in (["list"], ["add", str(tiny)], ["plan"], ["verify"], ["path"]):
        assert run(["models", *arguments]) == 0
    assert hub.requests == []


def test_plan_marks_its_choice_and_says_why(capsys, small_machine):
    assert run(["models", "plan", "chinese-alpaca-2-7b-16k"]) == 0
    printed = capsys.readouterr().out
    chosen = next(line for line in printed.splitlines() if "docqa's choice" in line)
    assert chosen.split()[:2] == ["8192", "q8_0"]
    assert "using 8192 with a q8_0 cache" in printed


def test_plan_as_json_has_every_figure(capsys, small_machine):
    told = _json(capsys, "plan", "chinese-alpaca-2-7b-16k", "--ctx", "4096")
    assert [plan["kv_type"] for plan in told["plans"]] == ["f16", "q8_0", "q4_0"]
    assert told["choice"]["context"] == 4096
    assert told["plans"][0]["kv"] == 2 * GIB
    assert told["machine"]["free_memory"] == 8 * GIB
    plan = told["choice"]
    assert plan["weights"] + plan["kv"] + plan["buffers"] == plan["total"] == plan["ram"]


def test_plan_of_what_cannot_fit_says_what_would(capsys, small_machine):
    told = _json(capsys, "plan", "chinese-alpaca-2-13b-16k", "--quant", "q8_0")
    assert told["choice"] is None
    assert "smaller quantization" in told["refusal"]


def test_plan_without_a_name_goes_through_the_catalog(capsys, small_machine):
    told = _json(capsys, "plan")
    fitting = {row["model"] for row in told["models"] if row["choice"]}
    assert "llama-3-chinese-8b-instruct-v2" in fitting
    assert "chinese-alpaca-2-13b" not in fitting
    order = [bool(row["choice"]) for row in told["models"]]
    assert order == sorted(order, reverse=True), "what does not fit comes last"
    best = told["models"][0]
    assert told["recommended"] == best["model"]
    assert best["first_word"] <= 20


def test_plan_names_one_model_to_take(capsys, small_machine):
    assert run(["models", "plan"]) == 0
    assert "For this machine: docqa models pull " in capsys.readouterr().out


def test_plan_shows_the_gpu(capsys, monkeypatch):
    here = Machine(32 * GIB, 64 * GIB, 8, (Gpu("测试卡", 24 * GIB, 24 * GIB, "nvidia"),), True)
    monkeypatch.setattr(machine, "look", lambda: here)
    assert run(["models", "plan", "chinese-alpaca-2-7b"]) == 0
    printed = capsys.readouterr().out
    assert "测试卡" in printed
    assert "33/33" in printed


def test_plan_says_how_long_reading_takes_once_it_was_measured(capsys, tiny, monkeypatch):
    monkeypatch.setenv("DOCQA_MODEL_THREADS", "1")
    assert _json(capsys, "plan", str(tiny))["prompt_speed"] is None
    run(["models", "plan", str(tiny)])
    assert "docqa models test measures it" in capsys.readouterr().out
    assert run(["models", "test", str(tiny), "--tokens", "600", "--ctx", "1024"]) == 1
    capsys.readouterr()
    assert _json(capsys, "plan", str(tiny))["prompt_speed"] > 0, "of whatever window"
    run(["models", "plan", str(tiny)])
    assert re.search(r"4096 tokens takes about \d+\.\d minutes here", capsys.readouterr().out)


@pytest.mark.parametrize("command", ["test", "plan", "list", "path", "verify", "remove", "pull"])
def test_an_unknown_name_is_wrong_usage_everywhere(capsys, command):
    assert run(["models", command, "没有这个模型"]) == 2
    assert "没有这个模型" in capsys.readouterr().err


def test_plan_of_a_file(capsys, tiny):
    told = _json(capsys, "plan", str(tiny))
    assert told["choice"]["context"] == 4096


def test_models_test_reports_honestly_on_random_weights(capsys, tiny, monkeypatch):
    monkeypatch.setenv("DOCQA_MODEL_THREADS", "1")
    assert run(["models", "test", str(tiny), "--tokens", "600", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    found = {finding["check"]: finding for finding in told["findings"]}
    assert not told["passed"]
    assert not found["needle_50"]["passed"]
    assert found["template"] == {"check": "template", "passed": True, "value": "alpaca2"}
    assert found["reuse"]["passed"]
    assert 500 <= found["prompt_tokens"]["value"] <= 600
    assert found["prompt_speed"]["value"] > 0
    assert found["answer_speed"]["value"] > 0


def test_models_test_sees_a_model_that_stops_by_itself(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCQA_MODEL_THREADS", "1")
    shape = Shape(favoured={trained_vocabulary().eos: 3.0})
    path = write_gguf(tmp_path / "停.gguf", shape)
    assert run(["models", "test", str(path), "--tokens", "400", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {"check": "stop", "passed": True, "value": "stop"} in told["findings"]


def test_models_test_prints_a_short_report_in_chinese(capsys, tiny, monkeypatch):
    monkeypatch.setenv("DOCQA_MODEL_THREADS", "1")
    assert run(["--lang", "zh", "models", "test", str(tiny), "--tokens", "400"]) == 1
    printed = capsys.readouterr().out
    assert "仅 CPU" in printed
    assert "✗ 能找到提示 50 % 处的句子" in printed
    assert "部分检查未通过" in printed
