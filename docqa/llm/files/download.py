"""Fetches one file: resumed where it stopped, checked against the hub's size and hash."""

import contextlib
import errno
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError

from docqa import paths
from docqa.errors import ModelError, ServiceError, StorageError
from docqa.llm.files.hub import RemoteFile, is_passing, open_url, service_error
from docqa.sizes import human_bytes

_CHUNK = 1 << 20
_SPARE = 64 << 20
_TRIES = 5
_RANGE_NOT_SATISFIABLE = 416
_PARTIAL = 206
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

ReportBytes: TypeAlias = Callable[[int, int | None], None]
"""Told how many bytes are here, of how many."""


def fetch(
    remote: RemoteFile, target: Path, report: ReportBytes | None = None, *, pause: float = 1.0
) -> str:
    """Bring a file here, whole and checked, under its final name; returns its SHA-256.

    What was fetched of it before is kept and continued. `pause` is the first wait after a cut.
    """
    if remote.sha256 and _size(target) == remote.size and sha256_of(target) == remote.sha256:
        return remote.sha256
    paths.private_dir(target.parent)
    part = target.with_name(target.name + ".part")
    with _claim(part):
        _drop_other(part, remote)
        try:
            _check_space(part, remote)
            _transfer(remote, part, report or (lambda done, total: None), pause)
            digest = _check(remote, part)
            part.replace(target)
        finally:
            if not _size(part):
                part.unlink(missing_ok=True)
                _note_of(part).unlink(missing_ok=True)
    return digest


def sha256_of(path: Path, report: ReportBytes | None = None) -> str:
    """The SHA-256 of a file here."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if report:
                report(done, total)
    return digest.hexdigest()


def _transfer(remote: RemoteFile, part: Path, report: ReportBytes, pause: float) -> None:
    tries = 0
    while remote.size is None or _size(part) < remote.size:
        before = _size(part)
        try:
            _receive(remote, part, report)
            return
        except HTTPError as error:
            if not is_passing(error):
                raise service_error(remote.url, error) from error
            error.close()
            reason: Exception = error
        except (OSError, HTTPException) as error:
            if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
                raise _no_space(part, remote) from error
            reason = error
        # A transfer that moves on may be cut as often as it likes.
        tries = 0 if _size(part) > before else tries + 1
        if tries >= _TRIES:
            raise service_error(remote.url, reason) from reason
        time.sleep(pause * 2**tries)


def _receive(remote: RemoteFile, part: Path, report: ReportBytes) -> None:
    done = _size(part)
    with _ask(remote, done) as response:
        if not _continues(response, done):
            done = 0
        announced = _announce(response, done)
        if _is_page(response) or announced not in (None, remote.size or announced):
            raise ServiceError("models.not_the_file", file=remote.path, url=remote.url)
        total = remote.size or announced
        with part.open("ab" if done else "wb") as file:
            report(done, total)
            while chunk := response.read1(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                report(done, total)
                if total is not None and done > total:
                    break
    if total is not None and done < total:
        raise ConnectionError("cut off")


def _ask(remote: RemoteFile, done: int) -> HTTPResponse:
    try:
        return open_url(remote.url, {"Range": f"bytes={done}-"} if done else {})
    except HTTPError as error:
        if error.code != _RANGE_NOT_SATISFIABLE:
            raise
        error.close()
        # What is here is no beginning of what is there: from the start.
        return open_url(remote.url)


def _continues(response: HTTPResponse, start: int) -> bool:
    stated = response.headers.get("Content-Range", "")
    return response.status == _PARTIAL and stated.startswith(f"bytes {start}-")


def _is_page(response: HTTPResponse) -> bool:
    """Whether this is for a browser: a login, an error, a captive portal; never a model's file."""
    return response.headers.get_content_type() == "text/html"


def _announce(response: HTTPResponse, done: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return done + int(length) if length.isdigit() else None


def _check(remote: RemoteFile, part: Path) -> str:
    digest = sha256_of(part)
    wrong_size = remote.size is not None and _size(part) != remote.size
    if wrong_size or (remote.sha256 and digest != remote.sha256.lower()):
        part.unlink()
        raise ServiceError("models.wrong_hash", file=remote.path, url=remote.source)
    return digest


def _check_space(part: Path, remote: RemoteFile) -> None:
    needed = (remote.size or 0) - _size(part) + _SPARE
    if needed > shutil.disk_usage(part.parent).free:
        raise _no_space(part, remote)


def _no_space(part: Path, remote: RemoteFile) -> StorageError:
    return StorageError(
        "models.no_space",
        path=part.parent,
        needed=human_bytes((remote.size or 0) - _size(part)),
        free=human_bytes(shutil.disk_usage(part.parent).free),
    )


def _drop_other(part: Path, remote: RemoteFile) -> None:
    """Forget a beginning of another file than the one wanted now."""
    wanted = {"size": remote.size, "sha256": remote.sha256}
    if remote.sha256 is None:
        wanted["url"] = remote.url
    note = _note_of(part)
    with contextlib.suppress(OSError, ValueError):
        if json.loads(note.read_text(encoding="utf-8")) == wanted:
            return
    try:
        part.write_bytes(b"")
        note.write_text(json.dumps(wanted), encoding="utf-8")
    except OSError as error:
        raise StorageError("error.not_writable", path=part, reason=error.strerror) from error


@contextlib.contextmanager
def _claim(part: Path) -> Iterator[None]:
    """Hold the file, so that two downloads never write into it at once."""
    try:
        import fcntl
    except ImportError:  # Windows itself refuses to rename a file that another has open.
        yield
        return
    with part.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ModelError("models.download_running", file=part.stem) from error
        yield


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _note_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")
