"""Small real readers for tests: BERT trained for some seconds on what it is to find."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_STEPS, _ENOUGH = 200, 0.02


class Lesson(NamedTuple):
    """A question with a text and the words of it that answer."""

    question: str
    text: str
    answer: str


def train_reader(folder: Path, lessons: Sequence[Lesson]) -> Path:
    """A folder as people keep such models, of one that has learnt these lessons by heart."""
    import torch
    from transformers import BertConfig, BertForQuestionAnswering, BertTokenizerFast

    folder.mkdir(parents=True)
    known = sorted({c for lesson in lessons for c in lesson.question + lesson.text if c.strip()})
    (folder / "vocab.txt").write_text("\n".join([*_SPECIAL, *known]), encoding="utf-8")
    tokeniser = BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=192)
    tokeniser.save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(_SPECIAL) + len(known),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=192,
        hidden_dropout_prob=0.0,
    )
    model = BertForQuestionAnswering(config).train()
    batch = _encode(tokeniser, lessons)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(_STEPS):
        loss = model(**batch).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if loss < _ENOUGH:
            break
    model.eval().save_pretrained(folder)
    return folder


def _encode(tokeniser, lessons: Sequence[Lesson]):
    import torch

    batch = tokeniser(
        [lesson.question for lesson in lessons],
        [lesson.text for lesson in lessons],
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    places = batch.pop("offset_mapping")
    starts, ends = [], []
    for n, lesson in enumerate(lessons):
        first = lesson.text.index(lesson.answer)
        last = first + len(lesson.answer)
        of_text = [at for at, part in enumerate(batch.sequence_ids(n)) if part == 1]
        starts.append(next(at for at in of_text if places[n][at][0] == first))
        ends.append(next(at for at in of_text if places[n][at][1] == last))
    return {**batch, "start_positions": torch.tensor(starts), "end_positions": torch.tensor(ends)}
