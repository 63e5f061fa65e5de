"""Floors for what is found on public question sets, well below what is measured."""

import pytest
from msgspec.structs import replace

from docqa.evaluation.dataset import read_dataset
from docqa.evaluation.run import evaluate, library_of
from docqa.settings import Settings
from docqa.terms import fold

EVERY = 12
FLOORS = {
    "cmrc2018_trial.json": {"recall@1": 0.95, "passage_recall@5": 0.94},
    "drcd_dev.json": {"recall@1": 0.92, "passage_recall@5": 0.97},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_the_right_paragraph_is_found(shared_data, name):
    dataset = read_dataset(shared_data / name)
    asked = replace(dataset, items=dataset.items[::EVERY])
    with library_of(asked, Settings()) as library:
        figures = evaluate(asked, library, Settings()).as_json()
        for figure, floor in FLOORS[name].items():
            assert figures[figure] >= floor
        # The other script finds the same.
        folded = tuple(replace(item, question=fold(item.question)) for item in asked.items)
        other = evaluate(replace(asked, items=folded), library, Settings()).as_json()
        assert other["recall@1"] == figures["recall@1"]
