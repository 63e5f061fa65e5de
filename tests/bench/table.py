"""Cells of `docqa table` against the facts that documents were made from: right, evidence, speed.

python -m tests.bench.table [--engine llama --model FILE] [--half choose] [--speed 1000]

30 contracts, 30 notices and 30 product sheets in five formats, each fact in one of nine wordings or
left out: six were looked at while the code was written, figures are of the other three.
"""

import argparse
import random
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from docqa.engine.rows.tables import Column, Row, TableEngine, columns_of
from docqa.settings import ModelSettings, Settings
from docqa.types import AnswerStatus

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "明华丽强伟芳磊静敏杰"
TOWNS = ("青石", "云岭", "长河", "白鹭", "东篱", "松江", "望山", "临湖")
TRADES = ("科技", "贸易", "印刷", "建材", "食品", "物流")
MONTHS = "一二三四五六七八九十"

KINDS = tomllib.loads(Path(__file__).with_name("table_wordings.toml").read_text("utf-8"))
FILLERS = (
    "以下内容请仔细阅读。",
    "未尽事宜由双方协商解决。",
    "本页内容以最新版本为准。",
    "如有变动，将另行告知。",
    "附件与正文具有同等效力。",
    "请妥善保管本文件。",
    "感谢您的支持与配合。",
)
_FORMATS = ("txt", "md", "html", "docx", "gbk")
_MISSING_SHARE = 0.15


def make(folder: Path, half: str, each: int = 30, seed: int = 7) -> dict[str, dict[str, str]]:
    """Write the documents; tell the truth of each column, empty where it was left out."""
    chance = random.Random(seed)
    truth = {}
    for kind, columns in KINDS.items():
        for number in range(each):
            lines, facts = [f"{chance.choice(TOWNS)}{kind}第{number + 1}号"], {}
            for name, column in columns.items():
                said = chance.choice(column[half])
                if chance.random() < _MISSING_SHARE:
                    facts[name] = ""
                    continue
                line, facts[name] = _said(said, name, chance)
                lines += [line, chance.choice(FILLERS)]
            path = _write(folder / kind, f"{kind}{number:04d}", lines, _FORMATS[number % 5])
            truth[path.name] = facts
    return truth


def _said(wording: str, name: str, chance: random.Random) -> tuple[str, str]:
    if "|" in wording and wording[-1] in "是否":
        line, _, value = wording.rpartition("|")
        return line, value
    written, normal = _value(name, chance)
    return wording.replace("{v}", written), normal


def _value(name: str, chance: random.Random) -> tuple[str, str]:
    day = f"{chance.randint(2023, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    year, month, date = day.split("-")
    values = {
        "甲方": lambda: (f"{chance.choice(TOWNS)}{chance.choice(TRADES)}有限公司",) * 2,
        "金额": lambda: _money(chance, chance.randint(3, 900) * 1000),
        "价格": lambda: _money(chance, chance.randint(50, 9000)),
        "费用": lambda: _money(chance, chance.randint(10, 500)),
        "签订": lambda: (f"{year}年{int(month)}月{int(date)}日", day),
        "时间": lambda: (f"{year}年{int(month)}月{int(date)}日", day),
        "违约金": lambda: (f"{(share := chance.choice((1, 2, 3, 5)))}", f"{share} %"),
        "地点": lambda: (f"{chance.choice(TOWNS)}路{chance.randint(1, 99)}号礼堂",) * 2,
        "联系人": lambda: (chance.choice(SURNAMES) + chance.choice(GIVEN) * 1,) * 2,
        "名额": lambda: (f"{(count := chance.randint(10, 300))}", f"{count}"),
        "重量": lambda: (f"{(weight := chance.randint(5, 99) / 10)}", f"{weight} 千克"),
        "保修": lambda: (f"{(span := chance.choice((6, 12, 24, 36)))}", f"{span} 个月"),
        "颜色": lambda: (chance.choice(("黑色", "银灰色", "天蓝色", "白色")),) * 2,
    }
    return values[name]()


def _money(chance: random.Random, amount: int) -> tuple[str, str]:
    written = chance.choice((f"{amount}", f"{amount:,}"))
    return written, f"{amount} 元"


def _write(folder: Path, name: str, lines: list[str], form: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.{'txt' if form == 'gbk' else form}"
    if form == "docx":
        import docx

        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        document.save(path)
    elif form == "html":
        body = "".join(f"<p>{line}</p>" for line in lines)
        path.write_text(f"<html><meta charset=utf-8><body>{body}</body></html>", encoding="utf-8")
    else:
        gap = "\n\n" if form == "md" else "\n"
        path.write_text(gap.join(lines) + "\n", encoding="gb18030" if form == "gbk" else "utf-8")
    return path


def measure(settings: Settings, half: str, show: int, each: int) -> None:
    """Print the share of right cells, of right evidence, and of emptiness seen."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        truth = make(folder, half, each)
        counts: Counter[str] = Counter()
        per_column: dict[str, Counter[str]] = {}
        with TableEngine(settings, str(folder / "library")) as engine:
            list(engine.ingest([folder / kind for kind in KINDS]))
            for number, (kind, columns, row) in enumerate(_rows_in_turn(engine), 1):
                facts = truth[Path(row.document).name]
                for column, cell in zip(columns, row.cells, strict=True):
                    verdict = _verdict(cell, facts[column.name])
                    counts[verdict] += 1
                    per_column.setdefault(f"{kind}.{column.name}", Counter())[verdict] += 1
                    if verdict in ("wrong", "lost", "invented") and show:
                        show -= 1
                        quote = cell.citation.quote if cell.citation else ""
                        print(verdict, column.name, "|", facts[column.name], "|", cell.normal, "|",
                              quote, flush=True)  # fmt: skip
                if settings.model.engine == "llama":
                    print(f"{number} documents: {_summary(counts)}", flush=True)
    print(f"{half}: {_summary(counts)}")
    for name, verdicts in per_column.items():
        print(f"  {name}: {dict(verdicts)}")


def _rows_in_turn(engine: TableEngine) -> Iterator[tuple[str, list[Column], Row]]:
    """A row of each kind after the other, so that a run that is stopped has seen all kinds."""
    tables = []
    for kind, columns in KINDS.items():
        asked = columns_of([one["field"] for one in columns.values()])
        tables.append((kind, asked, engine.rows(asked, [f"*{kind}*"], lambda: False)))
    for rows in zip(*(rows for _, _, rows in tables), strict=True):
        for (kind, asked, _), (_, _, row) in zip(tables, rows, strict=True):
            yield kind, asked, row


def _summary(counts: Counter[str]) -> str:
    total = sum(counts.values())
    filled = counts["right"] + counts["wrong"] + counts["invented"]
    return (
        f"{total} cells; right or rightly empty {(counts['right'] + counts['empty']) / total:.1%};"
        f" evidence right in {counts['right'] / max(1, filled):.1%} of the filled; {dict(counts)}"
    )


def _verdict(cell, fact: str) -> str:
    if cell.status is AnswerStatus.NOT_FOUND:
        return "lost" if fact else "empty"
    if not fact:
        return "invented"
    same = cell.normal == fact or fact == cell.normal.split(" ")[0] or cell.value == fact
    return "right" if same else "wrong"


def speed(documents: int) -> None:
    """Print cells a second by quotes, and the memory that a thousand documents take."""
    import psutil

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make(folder, "report", each=max(1, documents // 3))
        with TableEngine(
            Settings(model=ModelSettings(engine="quotes")), str(folder / "l")
        ) as engine:
            list(engine.ingest([folder / kind for kind in KINDS]))
            asked = columns_of([one["field"] for one in KINDS["合同"].values()])
            began, cells = time.perf_counter(), 0
            memory = []
            for number, _, row in engine.rows(asked, (), lambda: False):
                cells += len(row.cells)
                if number % 100 == 0:
                    memory.append(psutil.Process().memory_info().rss >> 20)
            seconds = time.perf_counter() - began
    print(f"{cells} cells in {seconds:.1f} s: {cells / seconds:.0f} a second; MiB: {memory}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="quotes")
    parser.add_argument("--model", default="")
    parser.add_argument("--half", choices=("choose", "report"), default="report")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong cells")
    parser.add_argument("--each", type=int, default=30, help="documents of each kind")
    parser.add_argument("--threads", type=int, default=0, help="threads of the model")
    parser.add_argument("--speed", type=int, default=0, metavar="DOCUMENTS")
    given = parser.parse_args()
    if given.speed:
        speed(given.speed)
        return
    model = ModelSettings(engine=given.engine, name=given.model, threads=given.threads)
    measure(Settings(model=model), given.half, given.show, given.each)


if __name__ == "__main__":
    main()
