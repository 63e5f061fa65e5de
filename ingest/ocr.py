"""Reads text off images: rapidocr where installed, else Tesseract from the system."""

import io
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ingest.errors import FileUnreadable
from ingest.isolation import SILENCING, without_network
from ingest.pages.fragments import Fragment
from ingest.splitting.line_joining import joint

if TYPE_CHECKING:
    from PIL.Image import Image

_SECONDS_PER_IMAGE = 120
_SAME_SIZE = 0.25


class Word(Struct, frozen=True):
    """Text on an image with its place in pixels from above left, and how sure it is (0 to 1)."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float

    def fragment(self, height: float, scale: float = 1.0) -> Fragment:
        """The same on a page whose origin is below left."""
        bottom, top = (height - self.bottom) * scale, (height - self.top) * scale
        # A box is about a fifth higher than the type in it.
        size = round((top - bottom) / 1.2)
        return Fragment(self.text, self.left * scale, bottom, self.right * scale, top, size)


def fragments(words: Sequence[Word], height: float, scale: float = 1.0) -> list[Fragment]:
    """The words as fragments of a page; type of nearly the usual size is of that size."""
    found = [word.fragment(height, scale) for word in words]
    sizes = sorted(piece.size for piece in found for _ in piece.text)
    if sizes:
        usual = sizes[len(sizes) // 2]
        for piece in found:
            # A box is as high as the tallest sign in its line happens to be.
            if abs(piece.size - usual) <= _SAME_SIZE * usual:
                piece.size = usual
    return found


@cache
def engine() -> str | None:
    """The engine that is used: "rapidocr", "tesseract" or None."""
    if find_spec("rapidocr") and find_spec("onnxruntime"):
        return "rapidocr"
    return "tesseract" if shutil.which("tesseract") else None


def read_image(image: "Image") -> list[Word]:
    """The words or lines on an image, from top to bottom."""
    if engine() == "rapidocr":
        return _by_rapidocr(image)
    return _by_tesseract(image)


def confidence(words: list[Word]) -> float | None:
    """The mean confidence, each word weighing as much as it is long."""
    length = sum(len(word.text) for word in words)
    if not length:
        return None
    return round(sum(word.confidence * len(word.text) for word in words) / length, 3)


def _by_rapidocr(image: "Image") -> list[Word]:
    import numpy

    # OpenCV and so rapidocr take the colours in the other order.
    result = _rapidocr()(numpy.asarray(image.convert("RGB"))[:, :, ::-1])
    if result.boxes is None or result.txts is None:
        return []
    words = []
    for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        across, down = [float(point[0]) for point in box], [float(point[1]) for point in box]
        words.append(Word(text, min(across), min(down), max(across), max(down), float(score)))
    return words


@cache
def _rapidocr() -> Any:
    # Before onnxruntime is loaded: else it reports to its maker.
    os.environ.update(SILENCING)
    import rapidocr
    from rapidocr import RapidOCR

    models = Path(rapidocr.__file__).parent / "models"
    paths: dict[str, Any] = {}
    for part in ("det", "cls", "rec"):
        found = sorted(models.glob(f"*_{part}_*.onnx"))
        if not found:
            raise FileUnreadable("ocr_models_missing")
        # Named by its path a model is never looked up, and so never downloaded.
        paths[f"{part.title()}.model_path"] = str(found[-1])
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            # Files are read in one process per core already.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            **paths,
        }
    )


def _by_tesseract(image: "Image") -> list[Word]:
    picture = io.BytesIO()
    image.convert("RGB").save(picture, "PNG")
    command = ["tesseract", "stdin", "stdout", "-l", _tesseract_languages(), "tsv"]
    lines: dict[tuple[str, ...], list[Word]] = {}
    for row in _run(command, picture.getvalue()).splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or not cells[11].strip() or float(cells[10]) < 0:
            continue
        left, top, width, height = map(float, cells[6:10])
        sure = float(cells[10]) / 100
        word = Word(cells[11].strip(), left, top, left + width, top + height, sure)
        lines.setdefault(tuple(cells[1:5]), []).append(word)
    return [_join(words) for words in lines.values()]


def _join(words: list[Word]) -> Word:
    """A line of its words: Chinese comes in pieces, its commas lower than all else."""
    text = ""
    for word in words:
        text += joint(text, word.text) + word.text
    return Word(
        text,
        min(word.left for word in words),
        min(word.top for word in words),
        max(word.right for word in words),
        max(word.bottom for word in words),
        confidence(words) or 0.0,
    )


@cache
def _tesseract_languages() -> str:
    installed = _run(["tesseract", "--list-langs"], b"").split()
    # Western words in Chinese text are read by the Chinese model too, and better so.
    chosen = [name for name in ("chi_sim", "chi_tra") if name in installed]
    return "+".join(chosen) or "eng"


def _run(command: list[str], data: bytes) -> str:
    # More than one thread slows Tesseract down where every core has a process.
    environment = without_network(os.environ) | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=_SECONDS_PER_IMAGE, env=environment
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FileUnreadable("ocr_failed", reason=str(error)) from error
    if done.returncode:
        raise FileUnreadable("ocr_failed", reason=done.stderr.decode("utf-8", "replace")[-200:])
    return done.stdout.decode("utf-8", "replace")
