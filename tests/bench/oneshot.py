"""Where the time of one `docqa ask` goes: the second question on a document, kept or computed.

Used by tests.bench.readings; a process of its own runs the command line with its steps timed.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

STAGES = ("modules", "search", "load", "reading", "question", "answer", "end")
LABELS = {
    "modules": "Python and modules",
    "search": "opening the library, search",
    "load": "loading the model",
    "reading": "checking and loading the reading",
    "question": "computing what is new",
    "answer": "the rest of the answer",
    "end": "everything else, to the end",
}
SENTENCE = "第{n}条 员工连续工作满{n}年的，享受带薪年休假，须提前{n}日向主管提出书面申请。\n"
QUESTIONS = ("工作满十年须提前几日申请？", "年休假向谁提出申请？")
_TOKENS_PER_SENTENCE = 40
_BEGUN, _TOLD = "DOCQA_BENCH_BEGUN", "DOCQA_BENCH_TOLD"


def table(folder: Path, model: Path, tokens: int, kv: str, threads: int) -> None:
    """Read a document of about so many tokens, ask twice with and without, print where it went."""
    home = folder / f"ask-{tokens}-{kv}"
    document = home / "制度.txt"
    document.parent.mkdir(parents=True, exist_ok=True)
    count = tokens // _TOKENS_PER_SENTENCE
    document.write_text("".join(SENTENCE.format(n=n) for n in range(1, count)), encoding="utf-8")
    environment = os.environ | {
        "DOCQA_HOME": str(home),
        "DOCQA_MODEL_NAME": str(model),
        "DOCQA_MODEL_ENGINE": "llama",
        "DOCQA_MODEL_CONTEXT": str((2 * tokens // 256 + 2) * 256),
        "DOCQA_MODEL_KV_TYPE": kv,
        "DOCQA_MODEL_THREADS": str(threads),
        "DOCQA_MODEL_TEMPERATURE": "0",
        "DOCQA_MODEL_MAX_TOKENS": "16",
        "DOCQA_ANSWER_THOROUGH": "true",
    }
    for arguments in (("ingest", str(document)), ("read", document.name)):
        command = [sys.executable, "-m", "docqa", *arguments]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    _ask(environment, document, QUESTIONS[0])
    kept = _ask(environment, document, QUESTIONS[1])
    fresh = _ask(environment | {"DOCQA_READINGS_KEEP": "false"}, document, QUESTIONS[1])
    print(f"\ndocqa ask, second question on a document: {kept['prompt']} tokens of prompt, {kv}")
    print(f"{'seconds':<36}{'kept':>9}{'computed':>11}")
    for stage in STAGES:
        print(f"{LABELS[stage]:<36}{kept[stage]:>9.2f}{fresh[stage]:>11.2f}")
    for name in ("first word", "whole process"):
        share = kept[name] / fresh[name]
        print(f"{name:<36}{kept[name]:>9.2f}{fresh[name]:>11.2f}   {share:.1%}")
    print(f"{'tokens reused':<36}{kept['reused']:>9}{fresh['reused']:>11}")


def _ask(environment: dict[str, str], document: Path, question: str) -> dict[str, Any]:
    told = document.parent / "stages.json"
    began = time.time()
    command = [sys.executable, "-m", "tests.bench.oneshot", "ask", question]
    command += ["--in", document.name, "--no-save", "--no-stdin", "--json"]
    marks = {_BEGUN: repr(began), _TOLD: str(told)}
    result = subprocess.run(command, env=environment | marks, capture_output=True, text=True)
    whole = time.time() - began
    usage = json.loads(result.stdout)["usage"]
    stages = json.loads(told.read_text())
    stages["answer"] = stages.pop("said") - stages["first word"]
    stages["end"] = whole - sum(stages.get(stage, 0.0) for stage in STAGES)
    stages.setdefault("reading", 0.0)
    counts = {"prompt": usage["prompt_tokens"], "reused": usage["reused_tokens"]}
    return stages | {"whole process": whole} | counts


def play(arguments: list[str]) -> int:
    """The command line in this process, its steps timed; what they took goes to a file."""
    begun = float(os.environ[_BEGUN])
    stages: dict[str, float] = {}

    def timed(owner: Any, name: str, stage: str) -> None:
        made = owner.__dict__[name]
        plain: Callable[..., Any] = made.__func__ if isinstance(made, classmethod) else made

        def run(*given: Any, **named: Any) -> Any:
            if stage == "search":
                stages.setdefault("modules", time.time() - begun)
            start = time.perf_counter()
            try:
                return plain(*given, **named)
            finally:
                stages[stage] = stages.get(stage, 0.0) + time.perf_counter() - start

        setattr(owner, name, classmethod(run) if isinstance(made, classmethod) else run)

    from docqa import cli
    from docqa.engine.open_library import OpenLibrary
    from docqa.llm.llama.model import LlamaModel
    from docqa.llm.llama.native import Native

    timed(OpenLibrary, "search", "search")
    timed(LlamaModel, "open", "load")
    timed(Native, "load", "reading")
    timed(Native, "evaluate", "question")
    draw = Native.draw

    def marked(*given: Any, **named: Any) -> Any:
        for token in draw(*given, **named):
            stages["said"] = time.time() - begun
            stages.setdefault("first word", stages["said"])
            yield token

    Native.draw = marked  # type: ignore[method-assign]
    code = cli.run(arguments)
    Path(os.environ[_TOLD]).write_text(json.dumps(stages))
    return code


if __name__ == "__main__":
    sys.exit(play(sys.argv[1:]))
