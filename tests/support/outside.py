"""Where question sets and model weights from outside lie, if they do."""

import os
from pathlib import Path

_SHARED = Path(__file__).resolve().parents[3] / "shared"

# Read when imported: every test starts without the caller's variables.
DATA = Path(os.environ.get("DOCQA_TEST_DATA", _SHARED / "data"))
MODELS = Path(os.environ.get("DOCQA_TEST_MODELS", _SHARED / "models"))
# Chat templates of many families: llama.cpp's models/templates, in llama-cpp-python's source.
TEMPLATES = Path(os.environ.get("DOCQA_TEST_TEMPLATES", _SHARED / "templates"))
