"""Holds the coverage figures: no folder below its own, no module that no test names or runs.

python -m coverage json -o FILE; python -m tests.support.coverage_floor FILE [--write]

`.ci/coverage.txt` has a line a folder: the share of its lines in percent that the last measurement
saw run, less two for what depends on the moment. A figure that falls fails; --write raises those
that rose and lowers none.
"""

import ast
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / ".ci" / "coverage.txt"
LEAST = 90
_CHANCE = 2


@dataclass(frozen=True)
class Lines:
    """Lines of code, and how many of them ran."""

    ran: int = 0
    all: int = 0

    @property
    def percent(self) -> float:
        return 100 * self.ran / self.all if self.all else 100.0

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(self.ran + other.ran, self.all + other.all)


def read_modules(report: Path) -> dict[str, Lines]:
    """What `coverage json` measured: path of a module -> its lines."""
    files = json.loads(report.read_text(encoding="utf-8"))["files"]
    return {
        name: Lines(one["summary"]["covered_lines"], one["summary"]["num_statements"])
        for name, one in files.items()
    }


def by_folder(modules: Mapping[str, Lines]) -> dict[str, Lines]:
    """The same, added up."""
    folders: dict[str, Lines] = defaultdict(Lines)
    for name, lines in modules.items():
        folders[str(PurePosixPath(name).parent)] += lines
    return {name: lines for name, lines in sorted(folders.items()) if lines.all}


def named_by_tests(root: Path = ROOT) -> set[str]:
    """Dotted names that the tests import, benches apart: modules and what is taken from them."""
    names: set[str] = set()
    for path in (root / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def has_own_test(module: str, root: Path = ROOT) -> bool:
    """Whether a test file has the module's name, in the folder that mirrors its package."""
    parts = PurePosixPath(module).parts
    faces = ("cli", "tui", "serve")
    inner = parts[1:] if parts[0] == "docqa" and parts[1] in faces else parts
    name = f"test_{PurePosixPath(module).name}"
    return any((root / "tests" / inner[0]).rglob(name))


def complaints(
    modules: Mapping[str, Lines], figures: Mapping[str, int], named: set[str]
) -> Iterator[str]:
    """What is wrong, a line each."""
    for name, lines in by_folder(modules).items():
        least = figures.get(name, LEAST)
        if lines.percent < least:
            yield f"{name}: {lines.percent:.1f} % of its lines ran, {least} % must"
    for name, lines in sorted(modules.items()):
        dotted = name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if lines.percent < LEAST and dotted not in named and not has_own_test(name):
            yield f"{name}: no test names it, and only {lines.percent:.1f} % of its lines ran"


def read_figures(path: Path = FIGURES) -> dict[str, int]:
    """Folder -> the percent that it must reach."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {folder: int(percent) for folder, percent in rows}


def raise_figures(modules: Mapping[str, Lines], figures: Mapping[str, int]) -> dict[str, int]:
    """The figures with those raised that a measurement exceeds."""
    return {
        name: max(LEAST, int(lines.percent) - _CHANCE, figures.get(name, 0))
        for name, lines in by_folder(modules).items()
    }


def main(arguments: Sequence[str]) -> int:
    modules, figures = read_modules(Path(arguments[0])), read_figures()
    whole = sum(modules.values(), Lines())
    sys.stdout.write(f"{whole.percent:.1f} % of {whole.all} lines ran\n")
    if "--write" in arguments:
        figures = raise_figures(modules, figures)
        rows = (f"{name} {percent}\n" for name, percent in figures.items())
        FIGURES.write_text("".join(rows), encoding="utf-8")
    found = list(complaints(modules, figures, named_by_tests()))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
