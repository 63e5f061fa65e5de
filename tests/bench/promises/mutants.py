"""Reads damaged and hostile files of every kind and counts what each comes to.

    python -m tests.bench.promises.mutants --mutants 3000 [--seed 1]

Every mutant is a sample of `configs/offline` and `configs/samples` with bytes flipped, cut, zeroed
or spliced with another's. Passed is a file that is read or reported once, in words, within its
limits; a worker that falls with one file is told by its reason.
"""

import argparse
import random
import tempfile
from collections import Counter
from pathlib import Path

from docqa import paths
from docqa.configuration import load
from docqa.engine import Engine
from docqa.reasons import words

_SECONDS = 20


def mutate(content: bytes, other: bytes, chance: random.Random) -> bytes:
    """One of the ways in which files are damaged."""
    changed = bytearray(content)
    way = chance.randrange(5)
    at = chance.randrange(max(len(changed), 1))
    if way == 0:
        for _ in range(chance.randint(1, 30)):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    elif way == 1:
        del changed[at:]
    elif way == 2:
        changed[at : at + 64] = bytes(len(changed[at : at + 64]))
    elif way == 3:
        changed[at:] = other[chance.randrange(max(len(other), 1)) :]
    else:
        changed[at:at] = changed[at : at + chance.randint(1, 4000)] * chance.randint(1, 20)
    return bytes(changed)


def main() -> None:
    """Print what became of the mutants, by status and reason."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    folders = (paths.find_shipped("configs", "offline"), paths.find_shipped("configs", "samples"))
    samples = sorted(file for folder in folders for file in folder.iterdir())
    contents = [file.read_bytes() for file in samples]
    found: Counter[str] = Counter()
    raw: list[str] = []
    with tempfile.TemporaryDirectory(prefix="docqa-mutants-") as name:
        folder = Path(name) / "mutants"
        folder.mkdir()
        for number in range(options.mutants):
            file, content = chance.choice(list(zip(samples, contents, strict=True)))
            mutant = mutate(content, chance.choice(contents), chance)
            (folder / f"{number}{file.suffix}").write_bytes(mutant)
        flags: dict[str, object] = {
            "model.engine": "quotes",
            "embedding.backend": "none",
            "ingest.file_seconds": float(_SECONDS),
            "ingest.ocr": False,
        }
        with Engine(load(flags).settings, f"{name}/library") as engine:
            for step in engine.ingest([folder]):
                if step.file is None:
                    continue
                reason = step.file.reason
                found[reason or step.file.status.value] += 1
                if reason and (reason == "parser_failed" or not words(reason, step.file.facts)):
                    raw.append(f"{step.file.shown}: {reason} {dict(step.file.facts)}")
    for reason, count in found.most_common():
        print(f"{count:>6}  {reason}")
    for line in raw:
        print(line)
    reported = sum(found.values())
    print(f"in all: {options.mutants} mutants, {reported} reported, {len(raw)} not in words")
    raise SystemExit(reported != options.mutants or bool(raw))


if __name__ == "__main__":
    main()
