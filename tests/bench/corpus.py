"""Documents made up for benchmarks: many small texts, or PDF, DOCX and text mixed."""

import random
from pathlib import Path

_WORDS = tuple(
    line[at : at + 2]
    for line in (
        "合同条款设备维护温度压力管理数据系统安全检查报告工程质量人员培训计划预算采购",
        "验收运行故障处理记录标准指标部门流程申请审批期限责任单位项目材料成本风险",
    )
    for at in range(0, len(line), 2)
)
_CHARACTERS = 2000
_IN_A_FOLDER = 500


def small_texts(folder: Path, count: int) -> None:
    """Text files of about 2,000 Chinese characters, no two alike."""
    chance = random.Random(7)
    for number in range(count):
        path = folder / f"{number // _IN_A_FOLDER:03}" / f"文档{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(_paragraphs(chance, number)), encoding="utf-8")


def mixed(folder: Path, count: int) -> None:
    """A third PDF of four pages, a third DOCX, a third text; about 2,000 characters each."""
    folder.mkdir(parents=True)
    chance = random.Random(8)
    for number in range(count):
        paragraphs = _paragraphs(chance, number)
        if number % 3 == 0:
            _pdf(folder / f"文档{number:05}.pdf", paragraphs)
        elif number % 3 == 1:
            _docx(folder / f"文档{number:05}.docx", paragraphs)
        else:
            (folder / f"文档{number:05}.txt").write_text("\n".join(paragraphs), encoding="utf-8")


def _paragraphs(chance: random.Random, number: int) -> list[str]:
    paragraphs = [f"第{number}号文件"]
    while sum(map(len, paragraphs)) < _CHARACTERS:
        sentences = (
            "".join(chance.choices(_WORDS, k=chance.randint(5, 14))) + chance.choice("。。。，；")
            for _ in range(chance.randint(3, 8))
        )
        paragraphs.append("".join(sentences))
    return paragraphs


def _pdf(path: Path, paragraphs: list[str]) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    text = "\n".join(paragraphs)
    lines = [line[at : at + 36] for line in text.split("\n") for at in range(0, len(line), 36)]
    canvas = Canvas(str(path), pagesize=A4)
    for first in range(0, len(lines), 16):
        canvas.setFont("STSong-Light", 12)
        for row, line in enumerate(lines[first : first + 16]):
            canvas.drawString(72, 770 - 18 * row, line)
        canvas.showPage()
    canvas.save()


def _docx(path: Path, paragraphs: list[str]) -> None:
    from docx import Document

    document = Document()
    document.add_heading(paragraphs[0], level=1)
    for paragraph in paragraphs[1:]:
        document.add_paragraph(paragraph)
    document.save(str(path))
