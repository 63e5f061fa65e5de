"""How many whole sentences of a page come out whole, in order, without what stands around them.

python -m tests.bench.pages MANUALS        PDF manuals against their HTML twins
python -m tests.bench.pages --layouts      two-column pages set from known text: the reported half
python -m tests.bench.pages --choosing     the half that code may be chosen by

Needs pdftotext (poppler-utils), and for layouts weasyprint and LibreOffice Writer. MANUALS is a
folder into which the Debian packages debian-reference-common, installation-guide-amd64,
debian-faq-zh-cn and maint-guide-zh-cn were unpacked (`apt-get download`, `dpkg -x`).
A sentence of a twin counts where the PDF holds it at all, line ends and running heads aside.
"""

import gzip
import random
import re
import subprocess
import sys
import time
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import html

from ingest.read import read_source
from ingest.source import SourceFile
from ingest.splitting.line_joining import join_lines
from ingest.splitting.sentences import sentences
from ingest.types import BlockKind, Extract, ReadOptions
from tests.bench.layouts import CHOOSING, LAYOUTS, REPORTED

MANUALS = {
    "debian-reference": ("debian-reference.zh-cn.pdf", "debian-reference-common/docs/*.zh-cn.html"),
    "installation-guide": ("install.zh_CN.pdf.gz", "installation-guide-amd64/zh_CN/*.html"),
    "maint-guide": ("maint-guide.zh-cn.pdf", "maint-guide-zh-cn/html/*.zh-cn.html"),
}
_LEAST = 10
_ENDS = re.compile(r"[。！？.!?]$")


def main() -> None:
    """Print one table."""
    if "--layouts" in sys.argv or "--choosing" in sys.argv:
        _layouts(REPORTED if "--layouts" in sys.argv else CHOOSING)
    else:
        _manuals(Path(sys.argv[1]))


def squeezed(text: str) -> str:
    """Letters and signs alone: neither spaces nor soft hyphens, full-width forms as half-width."""
    return re.sub(r"[\s\u00ad\ufffe\u200b]+", "", unicodedata.normalize("NFKC", text))


def lines_squeezed(text: str) -> str:
    """The same for each line, so that nothing is whole that a line's end parts."""
    return "\n".join(squeezed(line) for line in text.split("\n"))


def share_in_order(wanted: Sequence[str], text: str) -> float:
    """The longest run of found sentences that stand in the order of the original."""
    places = [place for one in wanted if (place := text.find(one)) >= 0]
    tails: list[int] = []
    for place in places:
        at = bisect_right(tails, place)
        tails[at : at + 1] = [place]
    return len(tails) / max(len(places), 1)


def _read(name: str, data: bytes) -> tuple[Extract, float]:
    started = time.perf_counter()
    extract = read_source(SourceFile(Path(name), data, ReadOptions(ocr=False)))
    return extract, time.perf_counter() - started


def _pdftotext(data: bytes) -> str:
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def _joined(text: str) -> str:
    """What pdftotext gives, its lines joined as well as its blank lines allow."""
    paragraphs = re.split(r"\n\s*\n|\f", text)
    return "\n".join(join_lines(_dehyphenated(paragraph)) for paragraph in paragraphs)


def _dehyphenated(paragraph: str) -> list[str]:
    return re.sub(r"(?<=[a-z])[-\u00ad\u2010]\n(?=[a-z])", "", paragraph).split("\n")


def _stream(text: str) -> str:
    """All that the PDF says, without line ends, running heads and feet."""
    pages = [[line for line in page.split("\n") if line.strip()] for page in text.split("\f")]
    edges = Counter(_masked(line) for page in pages for line in {*page[:2], *page[-2:]})
    kept = []
    for page in pages:
        inner = [
            line
            for at, line in enumerate(page)
            if not (edges[_masked(line)] > 2 and (at < 2 or at >= len(page) - 2))
            and not (at == len(page) - 1 and line.strip().isdigit())
        ]
        kept += inner
    return squeezed("".join(kept))


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _twin(paths: Iterator[Path]) -> list[str]:
    """Whole sentences of the paragraphs and cells of HTML pages."""
    found: dict[str, None] = {}
    for path in sorted(paths):
        root = html.fromstring(path.read_bytes())
        for node in root.iter("p", "td", "dd", "li"):
            if node.find(".//p") is not None or node.find(".//pre") is not None:
                continue
            text = " ".join(node.text_content().split())
            for start, end in sentences(text):
                one = squeezed(text[start:end])
                if len(one) >= _LEAST and _ENDS.search(one):
                    found[one] = None
    return list(found)


def _manuals(folder: Path) -> None:
    print(
        f"{'':20} {'sentences':>9} {'whole':>7} {'pdftotext':>9} {'order':>6} {'its':>6} {'s':>6}"
    )
    for name, (pdf, twin) in MANUALS.items():
        path = next(path for path in folder.rglob(pdf) if path.is_file())
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        raw = _pdftotext(data)
        stream = _stream(raw)
        root = next(folder.rglob("share/doc"))
        wanted = [one for one in _twin(root.glob(twin)) if one in stream]
        extract, seconds = _read("a.pdf", data)
        ours, theirs = lines_squeezed(extract.text), lines_squeezed(_joined(raw))
        print(
            f"{name:20} {len(wanted):9} {_share(wanted, ours):7.1%} {_share(wanted, theirs):9.1%}"
            f" {share_in_order(wanted, ours):6.3f} {share_in_order(wanted, theirs):6.3f}"
            f" {seconds:6.1f}"
        )
        if "-v" in sys.argv:
            _print_missing(wanted, ours)


def _share(wanted: Sequence[str], text: str) -> float:
    return sum(one in text for one in wanted) / max(len(wanted), 1)


def _print_missing(wanted: Sequence[str], text: str) -> None:
    for one in [one for one in wanted if one not in text][:60]:
        at = text.find(one[: max(6, len(one) // 4)])
        print(f"  - {one}\n    {text[at : at + len(one) + 20]!r}" if at >= 0 else f"  - {one}")


def _layouts(names: Sequence[str]) -> None:
    print(
        f"{'':20} {'sentences':>9} {'whole':>7} {'pdftotext':>9} {'beside':>7} {'order':>6}"
        f" {'its':>6} {'rows':>6} {'intruders':>9} {'false rows':>10}"
    )
    for name in names:
        data, known = LAYOUTS[name](random.Random(name))
        if "--keep" in sys.argv:
            Path(f"/tmp/{name}.pdf").write_bytes(data)
        extract, _ = _read("a.pdf", data)
        ours, theirs = lines_squeezed(extract.text), lines_squeezed(_joined(_pdftotext(data)))
        wanted, beside = map(squeezed, known.sentences), list(map(squeezed, known.beside))
        sought = list(wanted)
        tables = "\n".join(
            extract.text[s.start : s.end] for s in extract.sections if s.kind is BlockKind.TABLE
        )
        rows = [squeezed(" | ".join(row)) for row in known.rows]
        table = lines_squeezed(tables)
        body = squeezed("".join(one for one in known.intruders))
        false = sum(line not in rows for line in table.split("\n") if line)
        print(
            f"{name:20} {len(sought):9} {_share(sought, ours):7.1%} {_share(sought, theirs):9.1%}"
            f" {_share(beside, ours) if beside else 1:7.0%} {share_in_order(sought, ours):6.3f}"
            f" {share_in_order(sought, theirs):6.3f}"
            f" {_share(rows, table) if rows else 1:6.0%}"
            f" {ours.count(body) if body else 0:9} {false:10}"
        )
        if "-v" in sys.argv:
            _print_missing(sought, ours)


if __name__ == "__main__":
    main()
