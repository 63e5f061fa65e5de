"""Time to the first word with a kept reading, against computing it, on the 1.3B shape.

Run as: python -m tests.bench.readings FOLDER [--tokens 1024 4096 16384] [--kv f16] [--threads 2]

Each figure is of a process of its own, in turn: one that reads and keeps, one that computes the
same prompt without a reading, one that loads the reading. `share` is of the time to the first token
with the model loaded, `whole share` of that from the start of the process. With --ask, a second
table shows where the time of a whole `docqa ask` goes. FOLDER keeps the model file (0.7 GB).
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import oneshot

CHARACTERS = "第一条员工连续工作满一年的享受带薪年休假满十年不满二十年的年休假为十天"


def main() -> None:
    """Make the model where it is missing, run the processes, print the table."""
    options = _options()
    model = _model(options.folder)
    if options.ask:
        for tokens in options.tokens:
            oneshot.table(options.folder, model, tokens, options.kv, options.threads)
        return
    head = f"{'tokens':>7}{'compute s':>11}{'kept s':>9}{'share':>8}{'whole share':>13}"
    print(head + f"{'save s':>8}{'MB':>8}{'B/token':>9}{'  same answer'}")
    for tokens in options.tokens:
        home = options.folder / f"home-{tokens}-{options.kv}"
        arguments = (str(model), str(home), str(tokens), options.kv, str(options.threads))
        kept, fresh, loaded = (_child(role, arguments) for role in ("read", "compute", "load"))
        print(
            f"{tokens:>7}{fresh['first']:>11.2f}{loaded['first']:>9.3f}"
            f"{loaded['first'] / fresh['first']:>8.2%}{loaded['whole'] / fresh['whole']:>13.2%}"
            f"{kept['save']:>8.2f}{kept['bytes'] / 1e6:>8.1f}{kept['bytes'] / tokens:>9.0f}"
            f"  {loaded['answer'] == fresh['answer']}",
            flush=True,
        )


def _child(role: str, arguments: tuple[str, ...]) -> dict:
    began = time.time()
    command = [sys.executable, "-m", "tests.bench.readings", "--role", role, *arguments]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(result.stdout)
    return told | {"whole": told.get("at", began) - began}


def play(role: str, model: str, home: str, tokens: str, kv: str, threads: str) -> None:
    """One process of the bench; prints what it measured."""
    os.environ["DOCQA_HOME"] = home
    from docqa import paths
    from docqa.llm.llama.model import LlamaModel
    from docqa.llm.llama.prompt_cache import LlamaPromptCache
    from docqa.settings import ModelSettings
    from docqa.stores.prompt_cache import CachedPrompts
    from docqa.stores.records.library import Library

    window = (int(tokens) // 256 + 2) * 256
    settings = ModelSettings(
        name=model, context=window, kv_type=kv, threads=int(threads), temperature=0.0, max_tokens=16
    )  # type: ignore[arg-type]
    llama = LlamaModel.open(settings)
    prefix = _prompt(llama, int(tokens))
    with Library.open(paths.library_dir("bench"), create=True) as library:
        kept = None
        if role != "compute":
            kept = LlamaPromptCache(llama, CachedPrompts(library.path, limit_gigabytes=100))
        if role == "read":
            print(json.dumps(_read(kept, prefix)))
        else:
            print(json.dumps(_answer(llama, [*prefix, *llama.native.tokenize("有几天？")])))
        llama.close()


def _read(kept, prefix) -> dict:
    native_save = kept._model.native.save
    spent = []

    def timed(path):
        began = time.perf_counter()
        written = native_save(path)
        spent.append(time.perf_counter() - began)
        return written

    kept._model.native.save = timed
    reading = kept.read(prefix, "bench", ())
    return {"save": spent[0], "bytes": reading.bytes}


def _answer(llama, ids) -> dict:
    from docqa.llm.llama.native import Sampling

    began = time.perf_counter()
    with llama.native.turn():
        if llama.cache:
            llama.cache.load_best(ids)
        llama.native.evaluate(ids)
        drawn = llama.native.draw(ids, Sampling(temperature=0.0, repeat_penalty=1.0))
        answer = [next(drawn)]
        first, at = time.perf_counter() - began, time.time()
        answer += [next(drawn) for _ in range(15)]
    return {"first": first, "at": at, "answer": answer}


def _prompt(llama, tokens: int) -> list[int]:
    ids = llama.native.tokenize("\n".join(f"{n}、{CHARACTERS}。" for n in range(tokens // 8 + 9)))
    return [1, *ids[: tokens - 1]]


def _model(folder: Path) -> Path:
    from tests.support.tiny_gguf import SHAPE_1_3B, replace, write_gguf

    path = folder / "random-1.3b-16k-q4_0.gguf"
    if not path.is_file():
        print("making the model file …", file=sys.stderr)
        write_gguf(path, replace(SHAPE_1_3B, context=16384, rope="linear:4"))
    return path


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokens", type=int, nargs="+", default=[1024, 4096, 16384])
    parser.add_argument("--kv", default="f16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ask", action="store_true", help="show where a whole docqa ask goes")
    return parser.parse_args()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--role"]:
        play(*sys.argv[2:])
    else:
        main()
