"""Summaries, refined answers, completed follow-ups and titles of a real model, to be read.

python -m tests.bench.written.chores MODEL [--half choose] [--threads 1] [--keep FILE]

Ten documents of our own, half of them for choosing. FILE keeps what was written, so that a run
that was stopped goes on.
"""

import argparse
import json
import os
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from docqa.engine.serving import ServingEngine
from docqa.settings import Settings
from docqa.types import (
    Answer,
    AnswerMode,
    AnswerStatus,
    AskRequest,
    Done,
    EngineInfo,
    EngineKind,
    Rewritten,
    Turn,
)

ITEMS = Path(__file__).with_name("chores.toml")
FOLDERS = [Path(__file__).parents[1] / "asked" / name for name in ("documents", "lay")]
# A small window: what it cannot hold is summarised in parts and refined in groups.
SMALL, LARGE = 768, 4096
_TITLE = (
    "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n"
    "### Guidelines:\n- Write the title in the chat's primary language; default to English if "
    'multilingual.\n### Output:\nJSON format: {{ "title": "your concise title here" }}\n'
    "### Chat History:\n<chat_history>\nUSER: {first}\nASSISTANT: {answer}\n</chat_history>"
)


def turn_of(document: dict[str, str]) -> Turn:
    """The turn that follow-ups go on from."""
    engine = EngineInfo(EngineKind.QUOTES)
    said = Answer(document["first"], document["answer"], AnswerStatus.ANSWERED, engine)
    return Turn(1, document["first"], said, 0.0)


def summary(engine: ServingEngine, file: str) -> str:
    """The document's summary."""
    *_, last = engine.summarise([f"*{file}"])
    assert isinstance(last, Done)
    return last.answer.text


def refined(engine: ServingEngine, question: str) -> str:
    """The refined answer with its judgement."""
    request = AskRequest(question, mode=AnswerMode.REFINE, thorough=True, save=False)
    *_, last = engine.ask(request)
    assert isinstance(last, Done)
    return f"{last.answer.text}\n({last.answer.status}, {len(last.answer.citations)} sources)"


def completed(engine: ServingEngine, document: dict[str, str], question: str) -> str:
    """What a follow-up is asked as."""
    request = AskRequest(question, turns=(turn_of(document),), save=False)
    events = engine.ask(request)
    found = next((event for event in events if not isinstance(event, Done)), None)
    return found.question if isinstance(found, Rewritten) else question


def title(engine: ServingEngine, document: dict[str, str]) -> str:
    """What a client of the server gets for the title of a conversation."""
    asked = _TITLE.format(first=document["first"], answer=document["answer"])
    return "".join(engine.complete([("user", asked)], 60, lambda: False))


def chores(
    engine: ServingEngine, document: dict[str, str], window: int
) -> Iterator[tuple[str, Callable[[], str]]]:
    """Names of what is to be done with one document, and how."""
    if window == SMALL:
        yield "summary in parts", lambda: summary(engine, document["file"])
        yield "refine", lambda: refined(engine, document["refine"])
        return
    for question, _wanted in document["follow"]:
        yield f"follow-up {question}", lambda q=question: completed(engine, document, q)
    yield "title", lambda: title(engine, document)
    yield "summary", lambda: summary(engine, document["file"])


def main() -> None:
    """Do what is not kept yet."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", help="path of a GGUF file")
    parser.add_argument("--half", choices=("choose", "report"))
    parser.add_argument("--only", default="", help="chores whose name begins so")
    parser.add_argument("--threads", type=int, default=0, help="threads of the model")
    parser.add_argument("--keep", type=Path, default=Path("chores.jsonl"))
    asked = parser.parse_args()
    keep: Path = asked.keep
    lines = keep.read_text(encoding="utf-8").splitlines() if keep.exists() else []
    done = {(row["file"], row["chore"]) for row in map(json.loads, lines)}
    documents = tomllib.loads(ITEMS.read_text(encoding="utf-8"))["document"]
    with TemporaryDirectory() as home, keep.open("a", encoding="utf-8") as kept:
        os.environ["DOCQA_HOME"] = home
        for window in (LARGE, SMALL):
            with ServingEngine(Settings()) as engine:
                engine.use_settings(
                    model_engine="llama",
                    model_name=asked.model,
                    model_context=window,
                    model_threads=asked.threads,
                )
                if window == LARGE:
                    list(engine.ingest(FOLDERS))
                for document in documents:
                    if asked.half in (document["half"], None):
                        for name, do in chores(engine, document, window):
                            row = {"file": document["file"], "chore": name}
                            if not name.startswith(asked.only) or tuple(row.values()) in done:
                                continue
                            began = time.monotonic()
                            row["text"] = do()
                            row["seconds"] = f"{time.monotonic() - began:.1f}"
                            print(*row.values(), sep="\n", end="\n\n", flush=True)
                            kept.write(json.dumps(row, ensure_ascii=False) + "\n")
                            kept.flush()


if __name__ == "__main__":
    main()
