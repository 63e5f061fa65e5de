"""Real weights for the tests that need them: a folder named by DOCQA_TEST_MODELS."""

from pathlib import Path

import pytest

from tests.support.outside import MODELS

# Short names, and how the files begin.
REAL = {
    "qwen05": "qwen2.5-coder-0.5b-instruct",
    "qwen15": "qwen2.5-coder-1.5b-instruct",
    "smol": "smollm2-135m-instruct",
    "gemma": "gemma-3-270m",
}
CHAT = tuple(name for name in REAL if name != "gemma")


def real_model(name: str) -> Path:
    """The file of a real model; the test is skipped where it is not here."""
    found = sorted(MODELS.glob(f"{REAL[name]}*.gguf"))
    if not found:
        pytest.skip(f"no {REAL[name]} in {MODELS}: DOCQA_TEST_MODELS names the folder")
    return found[0]
