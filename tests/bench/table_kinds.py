"""Cells of `docqa table` on kinds of document that its code was not written with.

python -m tests.bench.table_kinds [--half choose] [--show]

Sixteen kinds in six formats, asked six or seven columns each as a stranger would ask: documents
named with a 1 were looked at, figures are of those named with a 2. Needs the packages of the extra
`bench`.
"""

import argparse
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from docqa.answer.tables.cells import Cell
from docqa.engine.rows.tables import TableEngine, columns_of
from docqa.settings import EmbeddingSettings, ModelSettings, Settings
from docqa.types import AnswerStatus, never

QUOTES = Settings(model=ModelSettings(engine="quotes"), embedding=EmbeddingSettings(backend="none"))

KINDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def make(folder: Path) -> None:
    """Write the documents, a folder for each kind."""
    for name, text in KINDS["documents"].items():
        path = folder / name[:2] / name
        path.parent.mkdir(exist_ok=True)
        lines = text.strip().splitlines()
        {"docx": _docx, "xlsx": _xlsx, "pdf": _pdf}.get(path.suffix[1:], _text)(path, lines)


def _text(path: Path, lines: list[str]) -> None:
    encoding = "gb18030" if path.stem == "租约2" else "utf-8"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)


def _docx(path: Path, lines: list[str]) -> None:
    import docx

    document = docx.Document()
    for line in lines:
        cells = line.split(" | ")
        if line.startswith("# "):
            document.add_heading(line[2:], 1)
        elif len(cells) > 1:
            table = document.add_table(rows=1, cols=len(cells))
            for cell, value in zip(table.rows[0].cells, cells, strict=True):
                cell.text = value
        else:
            document.add_paragraph(line)
    document.save(path)


def _xlsx(path: Path, lines: list[str]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        for line in lines:
            if line.startswith("["):
                sheet, row = book.add_worksheet(line.strip("[]")), 0
                continue
            for column, value in enumerate(line.split(" | ")):
                sheet.write_string(row, column, value)
            row += 1


def _pdf(path: Path, lines: list[str]) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path))
    for number, line in enumerate(lines):
        canvas.setFont("STSong-Light", 16 if line.startswith("# ") else 11)
        canvas.drawString(60, 800 - 22 * number, line.removeprefix("# "))
    canvas.save()


def judge(cell: Cell, fact: str) -> str:
    """How a cell stands beside the truth."""
    if cell.status is AnswerStatus.NOT_FOUND:
        return "lost" if fact else "empty"
    if not fact:
        return "invented"
    found = (cell.normal, cell.value)
    is_right = any(
        any(one[1:] in value for value in found) if one.startswith("~") else one in found
        for one in fact.split("|")
    )
    return "right" if is_right else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--half", choices=("choose", "report"), default="report")
    parser.add_argument("--show", action="store_true", help="print what is not right")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        make(Path(place))
        with TableEngine(QUOTES, f"{place}/library") as engine:
            list(engine.ingest([Path(place) / kind for kind in KINDS["columns"]]))
            for kind, fields in KINDS["columns"].items():
                number = 1 if given.half == "choose" else 2
                if not any(name.startswith(f"{kind}{number}") for name in KINDS["documents"]):
                    continue
                asked = columns_of(fields)
                scope = [f"*{kind}{number}*"]
                for _, _, row in engine.rows(asked, scope, never):
                    facts = KINDS["truth"][Path(row.document).name]
                    for column, cell, fact in zip(asked, row.cells, facts, strict=True):
                        verdict = judge(cell, fact)
                        counts[verdict] += 1
                        if given.show and verdict not in ("right", "empty"):
                            print(
                                verdict,
                                kind,
                                column.name,
                                fact,
                                cell.normal,
                                cell.status,
                                sep=" | ",
                            )
    filled = counts["right"] + counts["wrong"] + counts["invented"]
    print(
        f"{given.half}: {counts.total()} cells; right or rightly empty "
        f"{(counts['right'] + counts['empty']) / counts.total():.1%}; right among the filled "
        f"{counts['right'] / filled:.1%}; {dict(counts)}"
    )


if __name__ == "__main__":
    main()
