"""Models of known behaviour over the library of a few Chinese documents."""

import pytest

from docqa.engine import Engine
from docqa.settings import Settings


@pytest.fixture
def echo(library):
    with Engine(Settings()) as opened:
        opened.use_settings(model_engine="echo")
        yield opened
