"""A read-only page of a document, opened at a cited stretch; no script, nothing from elsewhere."""

from collections.abc import Iterator, Sequence
from html import escape

from docqa.messages import language, say
from docqa.types import DocumentInfo
from ingest.types import BlockKind, Section

# About thirty printed pages: more would be slow to open.
MOST_CHARACTERS = 60_000
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
# What stands between the cells of a row in a table's text.
_CELL = " | "
_STYLE = """
:root{color-scheme:light dark;--ink:#1f2328;--paper:#fdfdfb;--soft:#667085;--line:#d9dde3;
--mark:#ffe58a;--mark-ink:#1f2328}
@media(prefers-color-scheme:dark){:root{--ink:#dfe3e8;--paper:#16181c;--soft:#98a2b3;
--line:#343a44;--mark:#6b5410;--mark-ink:#fff3c4}}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.75 system-ui,"Noto Sans CJK SC",
"PingFang SC","Microsoft YaHei",sans-serif}
main,header{max-width:44rem;margin:0 auto;padding:1rem 1.25rem}
header{border-bottom:1px solid var(--line);overflow-wrap:anywhere}
header p{margin:.2rem 0 0;color:var(--soft);font-size:.85rem}h1{font-size:1.15rem;margin:0}
h2{font-size:1.05rem;margin:2rem 0 .5rem}
p{margin:.6rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
pre{overflow-x:auto;padding:.75rem;border:1px solid var(--line);border-radius:6px;line-height:1.5}
.table{overflow-x:auto;margin:.8rem 0}table{border-collapse:collapse;font-size:.92rem}
td,th{border:1px solid var(--line);padding:.3rem .6rem;min-width:3em;
text-align:left;vertical-align:top}
mark{background:var(--mark);color:var(--mark-ink);border-radius:2px;scroll-margin-top:30vh}
.page{color:var(--soft);font-size:.8rem;border-top:1px dashed var(--line);margin-top:1.5rem;
padding-top:.25rem}nav{display:flex;justify-content:space-between;gap:1rem}a{color:inherit}
"""


def shown_stretch(characters: int, start: int, end: int) -> tuple[int, int]:
    """The part of a document that a page shows around a cited stretch."""
    if characters <= MOST_CHARACTERS:
        return 0, characters
    first = max(0, min(start - MOST_CHARACTERS // 3, characters - MOST_CHARACTERS))
    return first, min(characters, first + MOST_CHARACTERS)


def document_page(
    info: DocumentInfo,
    text: str,
    sections: Sequence[Section],
    shown: tuple[int, int],
    cited: tuple[int, int],
    links: tuple[str | None, str | None] = (None, None),
) -> str:
    """The page; `text` is the shown stretch, `links` lead to what stands before and after it."""
    body = "".join(_blocks(text, sections, shown, cited))
    before, after = links
    foot = _link(before, "prev", say("serve.before")) + _link(after, "next", say("serve.after"))
    facts = [info.path]
    if info.pages:
        facts.append(say("serve.pages", pages=info.pages))
    title = escape(info.title or info.path)
    return (
        f'<!doctype html><html lang="{_language()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{title}</h1>"
        f"<p>{escape(' · '.join(facts))}</p></header><main>"
        f"{body}<nav>{foot}</nav></main></body></html>"
    )


def _link(address: str | None, kind: str, words: str) -> str:
    return f'<a href="{escape(address)}" rel="{kind}">{escape(words)}</a>' if address else ""


def _blocks(
    text: str, sections: Sequence[Section], shown: tuple[int, int], cited: tuple[int, int]
) -> Iterator[str]:
    first, last = shown
    page: int | None = None
    anchored = False
    for section in sections:
        start, end = max(section.start, first), min(section.end, last)
        if start >= end:
            continue
        if section.page is not None and section.page != page:
            page = section.page
            yield f'<div class="page">{escape(say("serve.page", page=page))}</div>'
        block = text[start - first : end - first]
        inside = (cited[0] - start, cited[1] - start)
        marked = max(inside[0], 0) < min(inside[1], len(block))
        yield _block(section.kind, block, inside if marked else None, anchor=not anchored)
        anchored = anchored or marked


def _block(kind: BlockKind, text: str, cited: tuple[int, int] | None, *, anchor: bool) -> str:
    if kind is BlockKind.TABLE:
        return _table(text, cited, anchor=anchor)
    inner = _mark(text, cited, anchor=anchor)
    if kind is BlockKind.HEADING:
        return f"<h2>{inner}</h2>"
    return f"<pre>{inner}</pre>" if kind is BlockKind.CODE else f"<p>{inner}</p>"


def _table(text: str, cited: tuple[int, int] | None, *, anchor: bool) -> str:
    rows, at = [], 0
    lines = text.split("\n")
    columns = max(line.count(_CELL) for line in lines) + 1
    for number, row in enumerate(lines):
        cell = "th" if number == 0 else "td"
        marked = cited is not None and cited[0] < at + len(row) and at < cited[1]
        cells = []
        values = row.split(_CELL)
        # Empty cells at the end of a row are not in the text.
        for value in values + [""] * (columns - len(values)):
            cells.append(_mark(value, (0, len(value)) if marked else None, anchor=anchor))
            anchor = anchor and not marked
        rows.append("<tr>" + "".join(f"<{cell}>{one}</{cell}>" for one in cells) + "</tr>")
        at += len(row) + 1
    return f'<div class="table"><table>{"".join(rows)}</table></div>'


def _mark(text: str, cited: tuple[int, int] | None, *, anchor: bool) -> str:
    if cited is None:
        return escape(text)
    start, end = max(0, cited[0]), min(len(text), cited[1])
    name = ' id="cited"' if anchor else ""
    return f"{escape(text[:start])}<mark{name}>{escape(text[start:end])}</mark>{escape(text[end:])}"


def _language() -> str:
    return "zh-CN" if language() == "zh" else "en"
