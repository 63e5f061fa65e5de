"""The two hubs that models come from: what a repository holds, and where its files are."""

import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import PurePosixPath
from typing import IO, Protocol, TypeVar

import msgspec
from msgspec import Struct

from docqa import __version__
from docqa.errors import ModelError, ServiceError

TIMEOUT = 30.0
_LIST_LIMIT = 16 << 20
_QUANTIZATION = re.compile(
    r"(?<![a-z0-9])(i?q[1-8](?:_[0-9a-z]+)*|bf16|fp?16|fp?32)(?:-im)?$", re.IGNORECASE
)
_PART = re.compile(r"-\d{5}-of-\d{5}$")
_OTHER_FORMATS = ("onnx", "openvino", "coreml", "imgs", "assets")
_TRY_AGAIN = (408, 429)
# Between the tries where a hub is busy.
_WAITS = (1.0, 3.0)


class RemoteFile(Struct, frozen=True):
    """A file of a repository; size and hash are what the hub promises."""

    path: str
    url: str
    size: int | None
    sha256: str | None
    source: str

    @property
    def quantization(self) -> str:
        """What the file's name says its weights are quantized to, such as Q4_K; else nothing."""
        found = _QUANTIZATION.search(PurePosixPath(self.path).stem)
        return found[1].upper().replace("FP", "F") if found else ""


class _Lfs(Struct, frozen=True):
    sha256: str | None = None


class _HuggingFaceFile(Struct, frozen=True):
    rfilename: str = ""
    size: int | None = None
    lfs: _Lfs | None = None


class _HuggingFaceListing(Struct, frozen=True):
    sha: str | None = None
    siblings: tuple[_HuggingFaceFile, ...] = ()


class _ModelScopeFile(Struct, frozen=True):
    path: str = msgspec.field(default="", name="Path")
    type: str = msgspec.field(default="", name="Type")
    size: int | None = msgspec.field(default=None, name="Size")
    sha256: str | None = msgspec.field(default=None, name="Sha256")


class _ModelScopeFiles(Struct, frozen=True):
    files: tuple[_ModelScopeFile, ...] | None = msgspec.field(default=None, name="Files")


class _ModelScopeListing(Struct, frozen=True):
    data: _ModelScopeFiles | None = msgspec.field(default=None, name="Data")


_Listing = TypeVar("_Listing", _HuggingFaceListing, _ModelScopeListing)


class Hub(Protocol):
    """A place that keeps repositories of models."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    def files(self, repository: str) -> tuple[RemoteFile, ...]:
        """Everything in a repository; ServiceError where the hub does not say."""
        ...


class HuggingFace:
    """Hugging Face, or the mirror that HF_ENDPOINT names."""

    name = "huggingface"

    def __init__(self) -> None:
        self._url = _address("HF_ENDPOINT", "https://huggingface.co")

    def files(self, repository: str) -> tuple[RemoteFile, ...]:
        """Everything in a repository."""
        url = f"{self._url}/api/models/{repository}/revision/main?blobs=true"
        answer = _listing(url, _HuggingFaceListing)
        revision = answer.sha or "main"
        return tuple(
            RemoteFile(
                path=entry.rfilename,
                url=f"{self._url}/{repository}/resolve/{revision}/{_quote(entry.rfilename)}",
                size=entry.size,
                sha256=entry.lfs.sha256 if entry.lfs else None,
                source=f"{self._url}/{repository}",
            )
            for entry in answer.siblings
            if _is_inside(entry.rfilename)
        )


class ModelScope:
    """ModelScope, or the address that MODELSCOPE_DOMAIN names."""

    name = "modelscope"

    def __init__(self) -> None:
        self._url = _address("MODELSCOPE_DOMAIN", "https://www.modelscope.cn")

    def files(self, repository: str) -> tuple[RemoteFile, ...]:
        """Everything in a repository."""
        model = f"{self._url}/api/v1/models/{repository}"
        answer = _listing(f"{model}/repo/files?Revision=master&Recursive=true", _ModelScopeListing)
        return tuple(
            RemoteFile(
                path=entry.path,
                url=f"{model}/repo?Revision=master&FilePath={_quote(entry.path)}",
                size=entry.size,
                sha256=entry.sha256 or None,
                source=f"{self._url}/models/{repository}",
            )
            for entry in (answer.data.files if answer.data else None) or ()
            if entry.type != "tree" and _is_inside(entry.path)
        )


def gguf_file(files: Iterable[RemoteFile], wanted: tuple[str, ...], repository: str) -> RemoteFile:
    """The GGUF file of the first quantization wanted that is there; case does not count.

    Variants made with an importance matrix (`-im`) are taken first: same use, better quality.
    """
    known = [file for file in files if _is_whole_gguf(file)]
    known.sort(key=lambda file: "-im" not in file.path.lower())
    for quantization in wanted:
        for accepted in _spellings(quantization):
            found = next((file for file in known if file.quantization == accepted), None)
            if found:
                return found
    available = ", ".join(sorted({file.quantization or file.path for file in known})) or "-"
    raise ModelError(
        "models.no_such_quantization",
        wanted=" / ".join(wanted),
        repository=repository,
        available=available,
    )


def folder_files(files: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
    """The files that sentence-transformers needs: texts, and weights in one format only."""
    known = tuple(files)
    safe = any(file.path == "model.safetensors" for file in known)
    weights = "model.safetensors" if safe else "pytorch_model.bin"
    texts = (".json", ".txt", ".model")
    return tuple(
        file
        for file in known
        if file.path == weights
        or (file.path.endswith(texts) and PurePosixPath(file.path).parts[0] not in _OTHER_FORMATS)
    )


class _SameSafety(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to something that anyone can read."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request, or an error."""
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise urllib.error.HTTPError(newurl, code, "redirected from https", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def open_url(url: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Ask for an address; errors are urllib's own."""
    own = {"User-Agent": f"docqa/{__version__}", "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, headers=own | (headers or {}))
    response: HTTPResponse = urllib.request.build_opener(_SameSafety).open(request, timeout=TIMEOUT)
    return response


def is_passing(error: urllib.error.HTTPError) -> bool:
    """Whether the same request may well be answered a little later."""
    return error.code >= 500 or error.code in _TRY_AGAIN


def service_error(url: str, error: Exception) -> ServiceError:
    """What went wrong with an address, worded for the user."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        if error.code in (401, 403, 404):
            return ServiceError("models.not_at_hub", url=url, status=error.code)
        if is_passing(error):
            return ServiceError("models.hub_busy", url=url, status=error.code)
        return ServiceError("error.service", url=url, reason=f"HTTP {error.code}")
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return ServiceError("models.hub_unreachable", url=url, reason=reason or type(error).__name__)


def _listing(url: str, kind: type[_Listing]) -> _Listing:
    try:
        return msgspec.json.decode(_body(url), type=kind)
    except (OSError, HTTPException) as error:
        raise service_error(url, error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ServiceError("models.hub_listing", url=url) from error


def _body(url: str) -> bytes:
    for wait in _WAITS:
        try:
            with open_url(url) as response:
                return response.read(_LIST_LIMIT)
        except urllib.error.HTTPError as error:
            if not is_passing(error):
                raise
            error.close()
        time.sleep(wait)
    with open_url(url) as response:
        return response.read(_LIST_LIMIT)


def _address(variable: str, default: str) -> str:
    address = os.environ.get(variable) or default
    if "://" not in address:
        address = f"https://{address}"
    if not address.startswith(("https://", "http://")):
        raise ServiceError("error.service", url=address, reason=f"{variable} is no http address")
    return address.rstrip("/")


def _quote(path: str) -> str:
    return urllib.parse.quote(path)


def _is_inside(path: str) -> bool:
    # A listing is foreign: nothing in it may lead out of the model's folder.
    if not path or "\\" in path or ":" in path:
        return False
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts


def _is_whole_gguf(file: RemoteFile) -> bool:
    name = PurePosixPath(file.path)
    return name.suffix.lower() == ".gguf" and not _PART.search(name.stem)


def _spellings(quantization: str) -> tuple[str, ...]:
    # First-party files call the medium mix of a K quantization plainly Q4_K.
    name = quantization.upper()
    return (name, f"{name}_M") if name.endswith("_K") else (name, name.removesuffix("_M"))
