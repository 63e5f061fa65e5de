"""A hub on loopback that speaks the listing and download interfaces of both real ones."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

SHA = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class StandInHub:
    """Repositories by name, and what goes wrong with them."""

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    broken_huggingface: int = 0
    """Status that every Hugging Face request gets instead of an answer."""
    busy: list[int] = field(default_factory=list)
    """Statuses that the next requests get instead of an answer, in turn."""
    listing: object = None
    """What Hugging Face answers instead of a list of files."""
    login_page: bool = False
    """Whether downloads get a page for a browser instead, as in a captive network."""
    cut_after: list[int] = field(default_factory=list)
    """Bytes after which the next downloads are cut, in turn."""
    false_hash: bool = False
    no_ranges: bool = False
    stall: threading.Event | None = None
    """Downloads wait here after `stall_after` bytes."""
    stall_after: int = 1000
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Path and Range header of every request."""

    def __enter__(self) -> "StandInHub":
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _answer(hub, self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.stall:
            self.stall.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def ranges(self) -> list[str]:
        """The Range headers of the downloads, in order."""
        return [asked for path, asked in self.requests if "/api/models/" not in path]

    def hash(self, content: bytes) -> str:
        return hashlib.sha256(content + b"!" * self.false_hash).hexdigest()


def _answer(hub: StandInHub, request: BaseHTTPRequestHandler) -> None:
    url = urlsplit(request.path)
    hub.requests.append((request.path, request.headers.get("Range", "")))
    path, query = unquote(url.path), parse_qs(url.query)
    if hub.busy:
        request.send_error(hub.busy.pop(0))
    elif path.startswith("/api/v1/models/"):
        repository, _, kind = path.removeprefix("/api/v1/models/").partition("/repo")
        files = hub.repositories.get(repository)
        if files is None:
            request.send_error(404)
        elif kind == "/files":
            _json(request, {"Code": 200, "Data": {"Files": _modelscope_files(hub, files)}})
        else:
            _send(hub, request, files.get(query["FilePath"][0]))
    elif hub.broken_huggingface:
        request.send_error(hub.broken_huggingface)
    elif path.startswith("/api/models/"):
        repository = path.removeprefix("/api/models/").removesuffix("/revision/main")
        files = hub.repositories.get(repository)
        if hub.listing is not None:
            _json(request, hub.listing)
        elif files is None:
            request.send_error(401)
        else:
            _json(request, {"sha": SHA, "siblings": _huggingface_files(hub, files)})
    else:
        repository, _, name = path.strip("/").partition(f"/resolve/{SHA}/")
        _send(hub, request, hub.repositories.get(repository, {}).get(name))


def _huggingface_files(hub: StandInHub, files: dict[str, bytes]) -> list[dict[str, object]]:
    return [
        {"rfilename": name, "size": len(content), "lfs": {"sha256": hub.hash(content)}}
        for name, content in files.items()
    ]


def _modelscope_files(hub: StandInHub, files: dict[str, bytes]) -> list[dict[str, object]]:
    folder = {"Path": "gguf", "Type": "tree", "Size": 0}
    return [folder] + [
        {"Path": name, "Type": "blob", "Size": len(content), "Sha256": hub.hash(content)}
        for name, content in files.items()
    ]


def _json(request: BaseHTTPRequestHandler, value: object) -> None:
    body = json.dumps(value).encode()
    request.send_response(200)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def _send(hub: StandInHub, request: BaseHTTPRequestHandler, content: bytes | None) -> None:
    if content is None:
        request.send_error(404)
        return
    if hub.login_page:
        page = "<html>请先登录</html>".encode()
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header("Content-Length", str(len(page)))
        request.end_headers()
        request.wfile.write(page)
        return
    asked = request.headers.get("Range", "")
    start = 0 if hub.no_ranges or not asked else int(asked.split("=")[1].rstrip("-"))
    if start and start >= len(content):
        request.send_error(416)
        return
    request.send_response(206 if start else 200)
    request.send_header("Content-Length", str(len(content) - start))
    if start:
        request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    request.end_headers()
    end = start + hub.cut_after.pop(0) if hub.cut_after else len(content)
    if hub.stall:
        request.wfile.write(content[start : start + hub.stall_after])
        request.wfile.flush()
        hub.stall.wait(30)
        return
    request.wfile.write(content[start:end])
