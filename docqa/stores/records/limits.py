"""Which documents a limit of kind and date lets through, and where each date comes from."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from msgspec import Struct

from docqa.errors import QueryError, UsageError
from docqa.terms.folding import fold
from docqa.terms.numbers import one_form
from docqa.types import DocumentLimits
from ingest.formats import FAMILIES

OPENING = 600  # characters at the beginning in which a document's own date is looked for
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
# 2024年3月5日, 2024-03-05, 2024/3, 20240305, but not the number 2024-0305; of Chinese numerals,
# digits are made beforehand.
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*(?:[年./-]\s*(1[0-2]|0?[1-9])(?!\d)(?:\s*[月./-]\s*([12]\d|3[01]|0?[1-9])(?!\d))?"
    r"|(0[1-9]|1[0-2])([0-2]\d|3[01])(?!\d)|年)"
)
# What makes the number of a contract of what looks like a date: HT-2025-04, 编号:2025-04.
_NUMBERED = re.compile(
    r"(?:[a-z]{1,8}[-_/]|(?:编号|文号|单号|号码|\bno\.?|number)\s?:?\s?)$",
    re.IGNORECASE,
)
_LOOK_BACK = 12
_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


class Dated(Struct, frozen=True):
    """When a document is from, as ISO 8601 as far as known.

    `source` is name, text, metadata or file.
    """

    date: str
    source: str


def date_of(name: str, opening: str, metadata: str | None, mtime: int) -> Dated:
    """The date in a document's name, else in its opening, its metadata, or that of its file."""
    for source, text in (("name", PurePosixPath(name).name), ("text", opening)):
        if found := _find(_readable(text), is_name=source == "name"):
            year, month, day, month_too, day_too = found.groups()
            parts = [month or month_too, day or day_too]
            return Dated("-".join([year, *(f"{int(part):02}" for part in parts if part)]), source)
    if metadata:
        return Dated(metadata, "metadata")
    return Dated(datetime.fromtimestamp(mtime / 1e9).strftime("%Y-%m-%d"), "file")


def _find(text: str, *, is_name: bool) -> re.Match[str] | None:
    """The first date; in running text, none within a number."""
    dates = _DATE.finditer(text)
    return next((one for one in dates if is_name or not _is_numbered(text, one.start())), None)


def _is_numbered(text: str, at: int) -> bool:
    return _NUMBERED.search(text[max(0, at - _LOOK_BACK) : at]) is not None


def check(limits: DocumentLimits) -> None:
    """UsageError for a date that is none."""
    for date in (limits.since, limits.until):
        if date and not (_ISO.fullmatch(date) and _is_in_calendar(date)):
            raise UsageError("library.bad_date", date=date)


def _is_in_calendar(date: str) -> bool:
    """Whether a year, a month or a day is one that there is."""
    try:
        datetime.fromisoformat(date + "0000-01-01"[len(date) :])
    except ValueError:
        return False
    return True


def within(
    limits: DocumentLimits, rows: Iterable[tuple[int, str, str, str | None, int]]
) -> dict[int, Dated]:
    """The (id, name, opening, metadata, mtime) rows within the limits, each with its date."""
    check(limits)
    kinds, found = Counter[str](), {}
    for number, name, opening, metadata, mtime in rows:
        kind = PurePosixPath(name).suffix.lower()
        kinds[kind.removeprefix(".")] += 1
        dated = date_of(name, opening, metadata, mtime)
        if _is_kind(kind, limits.kinds) and _is_between(dated.date, limits):
            found[number] = dated
    if limits and not found:
        known = ", ".join(f"{kind} ({count})" for kind, count in kinds.most_common())
        raise QueryError("library.nothing_in_limits", known=known or "-")
    return found


def _is_kind(suffix: str, kinds: tuple[str, ...]) -> bool:
    wanted = {kind.lower().removeprefix(".") for kind in kinds}
    return not wanted or bool(wanted & {suffix.removeprefix("."), FAMILIES.get(suffix, "")})


def _is_between(date: str, limits: DocumentLimits) -> bool:
    # A date that is known to the month only may be any day of it.
    first, last = f"{date}-01-01"[:10], f"{date}-99-99"[:10]
    return (limits.since or "") <= last and first <= f"{limits.until or '9999'}-99-99"[:10]


def _readable(text: str) -> str:
    digits = _YEAR.sub(lambda year: year[0].translate(_DIGITS), text)
    return one_form(fold(digits))
