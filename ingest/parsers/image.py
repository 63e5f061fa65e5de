"""Images: read by OCR, a page per frame."""

import io
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ingest import ocr
from ingest.errors import FileUnreadable, NeedsExtra, TooLarge
from ingest.pages.headings import blocks_of
from ingest.pages.layout import columns, find_inner_edges
from ingest.pages.paragraphs import paragraphs
from ingest.quality import READABLE, quality
from ingest.source import SourceFile
from ingest.types import Block, PageMethod, PageReport, Parsed

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_MOST_PAGES = 500


def parse(source: SourceFile) -> Parsed:
    """Read the text on an image; a TIFF may hold several."""
    if not source.options.ocr:
        raise FileUnreadable("ocr_off")
    if ocr.engine() is None:
        raise NeedsExtra("needs_extra", extra="ocr")
    from PIL import Image, UnidentifiedImageError

    blocks: list[Block] = []
    reports: list[PageReport] = []
    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            for number, frame in enumerate(_frames(source.data), 1):
                words = ocr.read_image(frame)
                blocks += _blocks(words, frame.height, number)
                reports.append(_report(words, number))
    except bombs as error:
        raise TooLarge("image_pixels", limit=Image.MAX_IMAGE_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileUnreadable("damaged") from error
    return Parsed(tuple(blocks), tuple(reports))


def _frames(data: bytes) -> "Iterator[Picture]":
    from PIL import Image, ImageSequence

    with Image.open(io.BytesIO(data)) as image:
        # The frames of a TIFF are pages, those of an animation are not.
        pages = ImageSequence.Iterator(image) if image.format == "TIFF" else [image]
        yield from islice(pages, _MOST_PAGES)


def _blocks(words: list[ocr.Word], height: float, page: int) -> Iterator[Block]:
    found = columns(ocr.fragments(words, height))
    find_inner_edges(found)
    return blocks_of([paragraph for column in found for paragraph in paragraphs(column, page)])


def _report(words: list[ocr.Word], number: int) -> PageReport:
    text = " ".join(word.text for word in words)
    worth = quality(text)
    sure = ocr.confidence(words)
    return PageReport(number, len(text), worth, worth >= READABLE, PageMethod.OCR, sure)
