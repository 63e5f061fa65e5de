"""A session written out: Markdown, HTML or JSON, with its quotes and the hashes of its sources."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import msgspec

from docqa.clean import clean, one_line
from docqa.errors import UsageError
from docqa.markup import escape_markdown
from docqa.messages import say
from docqa.page_words import source_words
from docqa.types import AnswerStatus, EngineKind, SessionInfo, Turn

Sources = Mapping[int, Mapping[str, str]]
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:46rem;margin:2.5rem auto;padding:0 1rem;"
    "font:1rem/1.7 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
    "h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:0 0 .6rem}"
    "section{margin:1.5rem 0;padding:1rem 1.3rem;border:1px solid #8885;border-radius:.6rem}"
    "ol{list-style:none;margin:1rem 0 0;padding:.6rem 0 0;border-top:1px solid #8883}"
    "li{font-size:.9rem}li:target{background:#fc03}"
    "blockquote{margin:.1rem 0 .6rem 1.5rem;opacity:.7}"
    ".answer{white-space:pre-wrap}.note{font-size:.85rem;opacity:.7}.doubtful{color:#c50}"
    "a{color:#27c;text-decoration:none}code{font-size:.75rem;opacity:.6;word-break:break-all}"
)
_MARK = re.compile(r"\[(\d+)\]")


def export(
    info: SessionInfo,
    turns: Sequence[Turn],
    sources: Sources,
    form: str,
    unreadable: Sequence[int] = (),
) -> str:
    """The session in one of the forms; UsageError where the form is unknown.

    `unreadable` are the numbers of turns that are damaged, which the export names.
    """
    writers = {"markdown": _markdown, "html": _html, "json": _json}
    if form not in writers:
        raise UsageError("sessions.unknown_form", form=form, forms=", ".join(writers))
    return writers[form](info, turns, sources, unreadable)


def _markdown(
    info: SessionInfo, turns: Sequence[Turn], sources: Sources, unreadable: Sequence[int]
) -> str:
    title = escape_markdown(one_line(info.title))
    lines = [f"# {title}", "", f"docqa · {info.id} · {_day(info.created)}", ""]
    lines += [f"> ⚠ {_describe_unreadable(unreadable)}", ""] if unreadable else []
    for turn in turns:
        question = escape_markdown(one_line(turn.question))
        lines += [f"## {question}", ""]
        lines += [f"*{escape_markdown(remark)}*\n" for remark in _remarks(turn)]
        lines += [escape_markdown(clean(turn.answer.text)), ""]
        lines += [f"*{say('sessions.stopped')}*", ""] if _stop(turn) else []
        lines += [f"> ⚠ {escape_markdown(one_line(said))}" for said in _doubtful(turn)]
        for citation in turn.answer.citations:
            quote = escape_markdown(one_line(citation.quote))
            lines += [f"- [{citation.n}] {escape_markdown(source_words(citation))}", f"  > {quote}"]
        hashes = sources.get(turn.number, {})
        names = sorted(hashes)
        lines += [f"  `sha256 {hashes[name]}` {escape_markdown(one_line(name))}" for name in names]
        lines.append("")
    return "\n".join(lines)


def _html(
    info: SessionInfo, turns: Sequence[Turn], sources: Sources, unreadable: Sequence[int]
) -> str:
    title = escape(one_line(info.title))
    parts = [
        f'<!doctype html><html><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p class='note'>docqa · {info.id} · {_day(info.created)}</p>"
    ]
    parts += (
        [f'<p class="doubtful">⚠ {escape(_describe_unreadable(unreadable))}</p>']
        if unreadable
        else []
    )
    parts += [_section(turn) for turn in turns]
    # Once for the whole session; a file that changed on the way has several.
    hashes = sorted({pair for found in sources.values() for pair in found.items()})
    parts += [
        f"<div><code>sha256 {digest} {escape(one_line(name))}</code></div>"
        for name, digest in hashes
    ]
    return "\n".join([*parts, "</body></html>\n"])


def _section(turn: Turn) -> str:
    """A question with its answer, whose marks lead to the sources below it."""
    answer, number = turn.answer, turn.number
    known = {citation.n for citation in answer.citations}

    def link(mark: re.Match[str]) -> str:
        n = int(mark[1])
        return f'<a href="#q{number}-{n}">[{n}]</a>' if n in known else mark[0]

    parts = [f"<section><h2>{escape(one_line(turn.question))}</h2>"]
    parts += [f'<p class="note">{escape(line)}</p>' for line in _remarks(turn)]
    parts.append(f'<div class="answer">{_MARK.sub(link, escape(clean(answer.text)))}</div>')
    parts += [f"<p>{escape(say('sessions.stopped'))}</p>"] if _stop(turn) else []
    parts += [f'<p class="doubtful">⚠ {escape(one_line(s))}</p>' for s in _doubtful(turn)]
    # Quotes that are the answer stand above already.
    quoted = answer.engine.kind is EngineKind.QUOTES
    items = [
        f'<li id="q{number}-{one.n}">[{one.n}] {escape(source_words(one))}'
        + ("" if quoted else f"<blockquote>{escape(clean(one.quote))}</blockquote>")
        + "</li>"
        for one in answer.citations
    ]
    parts += ["<ol>", *items, "</ol>"] if items else []
    return "\n".join([*parts, "</section>"])


def _json(
    info: SessionInfo, turns: Sequence[Turn], sources: Sources, unreadable: Sequence[int]
) -> str:
    shape: dict[str, Any] = {
        "session": info,
        "unreadable": list(unreadable),
        "turns": [
            {
                "number": turn.number,
                "question": turn.question,
                "asked": turn.asked,
                "answer": turn.answer,
                "sources": sources.get(turn.number, {}),
            }
            for turn in turns
        ],
    }
    return msgspec.json.format(msgspec.json.encode(shape), indent=2).decode() + "\n"


def _describe_unreadable(unreadable: Sequence[int]) -> str:
    return say("sessions.unreadable", turns=", ".join(map(str, unreadable)))


def _doubtful(turn: Turn) -> list[str]:
    text = turn.answer.text
    return [text[s.start : s.end] for s in turn.answer.sentences if not s.supported]


def _remarks(turn: Turn) -> list[str]:
    """How the question was understood, and whether the answer is uncertain."""
    rewritten = turn.answer.rewritten
    remarks = [say("sessions.understood", question=one_line(rewritten))] if rewritten else []
    perhaps = turn.answer.status is AnswerStatus.PERHAPS
    return [*remarks, say("answer.perhaps")] if perhaps else remarks


def _stop(turn: Turn) -> bool:
    return turn.answer.status is AnswerStatus.CANCELLED


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
