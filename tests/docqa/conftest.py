"""A library of a few Chinese documents, and an engine over it."""

import pytest

from docqa.engine import Engine
from docqa.settings import Settings
from tests.support.small_library import open_filled


@pytest.fixture
def library(home):
    with open_filled(home / "libraries" / "default") as opened:
        yield opened


@pytest.fixture
def engine(library):
    with Engine(Settings()) as opened:
        yield opened
