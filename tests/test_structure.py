"""The house rules that a machine can check."""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ingest.formats import FAMILIES
from ingest.parsers import parser

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(p for folder in ("docqa", "ingest") for p in (ROOT / folder).rglob("*.py"))
BANNED = {"utils.py", "helpers.py", "base.py", "misc.py", "models.py", "registry.py"}
# Such a name says neither what is done nor what comes of it. A property may be named so.
PARTICIPLE = re.compile(
    r"_*(?:(?!need|feed|seed|embed|exceed|speed)[a-z]+ed"
    r"|told|kept|said|known|given|held|seen|made|left|taken|shown|found|lost|gone|done|written|heard"
    r"|chosen|drawn|sent|met|meant|bound|built|caught|hidden|thought|begun|broken|brought|spoken)"
)
HEAVY = (
    "langchain", "langchain_core", "faiss", "chromadb", "torch", "sentence_transformers",
    "llama_cpp", "textual", "unstructured", "numpy", "tantivy", "pypdfium2", "pydantic", "rich",
)  # fmt: skip


def test_no_file_is_longer_than_400_lines():
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(_lines(p))) > 400}
    assert not long


def test_no_folder_holds_more_than_20_modules():
    folders = Counter(p.parent for p in SOURCES if p.name != "__init__.py")
    assert not [str(folder) for folder, count in folders.items() if count > 20]


def test_every_family_of_files_has_a_parser():
    for family in set(FAMILIES.values()):
        assert callable(parser(family)), family


def test_no_function_is_named_by_a_bare_participle():
    named = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and PARTICIPLE.fullmatch(node.name)
        and not any("property" in ast.unparse(one) for one in node.decorator_list)
    ]
    assert not named


def test_no_file_has_a_name_that_says_nothing():
    assert not [p for p in SOURCES if p.name in BANNED]


def test_every_public_name_has_a_docstring_and_every_function_its_types():
    wanting = [f"{p.relative_to(ROOT)}: {name}" for p in SOURCES for name in _undocumented(p)]
    assert not wanting


def test_the_layers_hold():
    result = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout


def test_importing_the_command_line_loads_nothing_heavy():
    code = f"import docqa.cli, sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["docqa", "ingest"])
def test_nothing_is_kept_at_module_level_that_a_reader_cannot_find(name):
    empty = [p for p in (ROOT / name).rglob("__init__.py") if p.read_text("utf-8").strip() == ""]
    assert not empty, "a package says in one line what it is for"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _undocumented(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [] if ast.get_docstring(tree) else ["(module)"]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            untyped = [a.arg for a in arguments if a.annotation is None]
            if node.returns is None or set(untyped) - {"self", "cls"}:
                found.append(f"{node.name} (types)")
        if isinstance(node, ast.Module | ast.ClassDef):
            found += [n.name for n in node.body if _is_public(n) and not ast.get_docstring(n)]
    return found


def _is_public(node: ast.stmt) -> bool:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return isinstance(node, kinds) and not node.name.startswith("_")


def test_no_class_name_means_two_things():
    """Messages of Textual's widgets are named within their widget and may meet."""
    places = defaultdict(list)
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_words_that_the_glossary_replaced_do_not_come_back():
    """The models docqa knows are the catalog, the truth of a library its records."""
    released = {"docqa/stores/lexical/state.py", "docqa/stores/records/migrations.py"}
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "catalogue" in path.read_text(encoding="utf-8").lower()
    ]
    assert set(found) <= released
