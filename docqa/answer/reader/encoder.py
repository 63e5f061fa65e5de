"""An encoder fine-tuned for extraction, from a local folder: BERT, RoBERTa, ELECTRA and such."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from docqa.errors import ModelError
from docqa.extras import missing
from docqa.llm.embeddings.sentence_transformers import hush, loading_errors
from docqa.privacy import switch_off_telemetry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docqa.settings import Settings

# Most tokens read at a time, and how many of them the next window reads again: the usual ones, with
# which such models are trained. A window is shorter where the model's own is.
_WINDOW, _STRIDE = 384, 128
# Windows read at a time.
_BATCH = 8
_TOKENISERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")


class ReadWindow(Struct, frozen=True):
    """Tokens of a text: where each stands, and how well it begins or ends an answer."""

    starts: "NDArray[np.int64]"
    """In characters of the text."""
    ends: "NDArray[np.int64]"
    begins: "NDArray[np.float32]"
    closes: "NDArray[np.float32]"


class MarkEncoder:
    """A model in a folder; it is loaded with the first question."""

    def __init__(self, folder: Path, device: str = "") -> None:
        """Check what the folder holds; ModelError where it is no such model."""
        _check(folder)
        self._folder = folder
        self._device = device
        self._model: Any = None
        self._tokeniser: Any = None

    def read(self, question: str, texts: Sequence[str]) -> list[list[ReadWindow]]:
        """The windows of each text as the model reads it with the question."""
        self._load()
        try:
            return self._read(question, texts)
        except (IndexError, RuntimeError, ValueError) as error:
            # A tokeniser that is not the model's own, or too little memory.
            raise _unreadable(self._folder, str(error)) from error

    def _read(self, question: str, texts: Sequence[str]) -> list[list[ReadWindow]]:
        import torch

        length = min(_WINDOW, self._longest())
        encoded = self._tokeniser(
            # Of a long question the end, where it asks; a quarter leaves room for the text.
            [question[-(length // 4) :]] * len(texts),
            list(texts),
            max_length=length,
            truncation="only_second",
            stride=min(_STRIDE, length // 4),
            padding=True,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        places, owners = encoded.pop("offset_mapping"), encoded.pop("overflow_to_sample_mapping")
        windows: list[list[ReadWindow]] = [[] for _ in texts]
        for start in range(0, len(owners), _BATCH):
            batch = {
                k: v[start : start + _BATCH].to(self._model.device) for k, v in encoded.items()
            }
            with torch.inference_mode():
                read = self._model(**batch)
            logits = zip(
                read.start_logits.float().cpu(), read.end_logits.float().cpu(), strict=True
            )
            for at, (begins, closes) in enumerate(logits, start):
                is_text = torch.tensor([part == 1 for part in encoded.sequence_ids(at)])
                parts = (*places[at].T, begins, closes)
                window = ReadWindow(*(part[is_text].numpy() for part in parts))
                windows[int(owners[at])].append(window)
        return windows

    def _longest(self) -> int:
        """Tokens that the model reads at most; RoBERTa counts two positions that hold none."""
        positions = int(getattr(self._model.config, "max_position_embeddings", 0) or _WINDOW)
        roberta = "roberta" in str(getattr(self._model.config, "model_type", ""))
        return min(positions - 2 * roberta, int(self._tokeniser.model_max_length))

    def _load(self) -> None:
        if self._model is not None:
            return
        switch_off_telemetry()
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer
        except ModuleNotFoundError as error:
            raise missing("st", "transformers") from error
        hush()
        # No code in the folder is run, no pickle is read, nothing is fetched.
        safe = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokeniser = AutoTokenizer.from_pretrained(str(self._folder), use_fast=True, **safe)
            model = AutoModelForQuestionAnswering.from_pretrained(
                str(self._folder), use_safetensors=True, **safe
            )
        except loading_errors() as error:
            raise _unreadable(self._folder, str(error)) from error
        if not tokeniser.is_fast:
            raise _unreadable(self._folder, type(tokeniser).__name__)
        self._tokeniser = tokeniser
        self._model = model.to(self._device or "cpu").eval()


def _check(folder: Path) -> None:
    # Another model would be given a head of random numbers, and mark words at random.
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kinds = config.get("architectures") or ()
    except (OSError, ValueError, AttributeError) as error:
        raise ModelError("reader.not_a_reader", path=folder) from error
    if not any("QuestionAnswering" in str(kind) for kind in kinds):
        raise ModelError("reader.not_a_reader", path=folder)
    if not any(folder.glob("*.safetensors")):
        raise ModelError("reader.no_weights", path=folder)
    if not any(_find(folder)):
        raise ModelError("reader.no_tokeniser", path=folder)


def _find(folder: Path) -> Iterator[Path]:
    for pattern in _TOKENISERS:
        yield from folder.glob(pattern)


def _unreadable(folder: Path, reason: str) -> ModelError:
    first = next(iter(reason.splitlines()), "")
    return ModelError("reader.unreadable", path=folder, reason=first)


def open_encoder(settings: "Settings") -> MarkEncoder:
    """The reader that the settings name."""
    return MarkEncoder(Path(settings.answer.reader_folder).expanduser(), settings.embedding.device)
