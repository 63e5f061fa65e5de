"""A session written out: Markdown, HTML or JSON, with its quotes and the hashes of its sources."""

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
from docqa.types import AnswerStatus, SessionInfo, Turn

Sources = Mapping[int, Mapping[str, str]]
_STYLE = (
    "body{max-width:48rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}"
    "blockquote{margin:.3rem 0 .8rem 1.5rem;color:#555}.answer{white-space:pre-wrap}"
    ".doubtful{color:#a50}code{font-size:.8em;color:#777}"
)


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
    lines += [f"> ⚠ {_lost(unreadable)}", ""] if unreadable else []
    for turn in turns:
        question = escape_markdown(one_line(turn.question))
        lines += [f"## {question}", "", escape_markdown(clean(turn.answer.text)), ""]
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
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>docqa · {info.id} · {_day(info.created)}</p>"
    ]
    parts += [f'<p class="doubtful">⚠ {escape(_lost(unreadable))}</p>'] if unreadable else []
    for turn in turns:
        parts.append(f"<h2>{escape(one_line(turn.question))}</h2>")
        parts.append(f'<div class="answer">{escape(clean(turn.answer.text))}</div>')
        parts += [f"<p>{escape(say('sessions.stopped'))}</p>"] if _stop(turn) else []
        parts += [f'<p class="doubtful">⚠ {escape(one_line(s))}</p>' for s in _doubtful(turn)]
        for citation in turn.answer.citations:
            quote = escape(clean(citation.quote))
            parts.append(f"<p>[{citation.n}] {escape(source_words(citation))}</p>")
            parts.append(f"<blockquote>{quote}</blockquote>")
        for name, digest in sorted(sources.get(turn.number, {}).items()):
            parts.append(f"<p><code>sha256 {digest} {escape(one_line(name))}</code></p>")
    return "\n".join([*parts, "</body></html>\n"])


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


def _lost(unreadable: Sequence[int]) -> str:
    return say("sessions.unreadable", turns=", ".join(map(str, unreadable)))


def _doubtful(turn: Turn) -> list[str]:
    text = turn.answer.text
    return [text[s.start : s.end] for s in turn.answer.sentences if not s.supported]


def _stop(turn: Turn) -> bool:
    return turn.answer.status is AnswerStatus.CANCELLED


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
