"""Text on standard input: read when it is there, waited for only when asked."""

import os
import select
import stat
import sys

from docqa.cli.common import note
from docqa.errors import QueryError
from docqa.messages import say

# How long a pipe may stay silent where nobody said that something would come.
_SECONDS = 1.0
_MOST_BYTES = 16_000_000


def piped_text(*, wait: bool) -> str:
    """What was piped or redirected into this process; `wait` for the first byte however long."""
    if sys.stdin is None or sys.stdin.closed or not _may_hold_text():
        return ""
    if not wait and not _something_came():
        note(say("ask.stdin_silent", seconds=_SECONDS))
        return ""
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise QueryError("ask.stdin_too_long", most=_MOST_BYTES // 1_000_000)
    return decode_text(data)


def _may_hold_text() -> bool:
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return False
    if stat.S_ISREG(mode):
        # A file that somebody is in the middle of, as in `while read line; do docqa ask …; done <
        # file`, is theirs.
        return os.lseek(sys.stdin.fileno(), 0, os.SEEK_CUR) == 0
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _something_came() -> bool:
    # Windows cannot ask a pipe whether it holds something.
    if os.name == "nt" or stat.S_ISREG(os.fstat(sys.stdin.fileno()).st_mode):
        return True
    return bool(select.select([sys.stdin], [], [], _SECONDS)[0])


def decode_text(data: bytes) -> str:
    """Text in any known encoding; QueryError for what is none."""
    # Imported here: text on standard input is rare.
    from ingest.encodings.decode import decode
    from ingest.errors import FileUnreadable

    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise QueryError("ask.stdin_binary")
    try:
        return decode(data).text.strip()
    except FileUnreadable as error:
        raise QueryError("ask.stdin_binary") from error
