"""What was measured on this machine: prompt speeds, kept in a small file."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from docqa import paths
from docqa.errors import StorageError

_NEW_SHARE = 0.5
_LOOKUP = " lookup"
# What a prompt's speed depends on, beside the weights; the window's length hardly counts.
_SPEED_OPTIONS = (
    "n_batch",
    "n_ubatch",
    "n_threads",
    "n_threads_batch",
    "n_gpu_layers",
    "flash_attn",
    "type_k",
    "type_v",
)


def speed_key(name: str, size: int, options: Mapping[str, object]) -> str:
    """Under which the speed of a model file, loaded with these constructor options, is kept."""
    facts = json.dumps([size, *(repr(options[option]) for option in _SPEED_OPTIONS)])
    return f"{name}:{sha256(facts.encode()).hexdigest()[:16]}"


def prompt_speed(key: str) -> float | None:
    """Prompt tokens a second under this key, where it was measured."""
    speed = _read().get(key)
    return float(speed) if isinstance(speed, int | float) else None


def speeds_by_name() -> dict[str, float]:
    """Prompt tokens a second of each model that was measured, however it was loaded."""
    return {
        key.rpartition(":")[0]: float(speed)
        for key, speed in _read().items()
        if isinstance(speed, int | float) and not key.endswith(_LOOKUP)
    }


def keep_prompt_speed(key: str, speed: float) -> float:
    """Blend a new measurement into the kept one; returns the blend."""
    known = prompt_speed(key)
    speed = speed if known is None else known + _NEW_SHARE * (speed - known)
    _write(key, round(speed, 2))
    return speed


def lookup_gain(key: str) -> float:
    """How many times sooner answers come by guessing ahead; 1 where that was never tried."""
    gain = _read().get(f"{key}{_LOOKUP}")
    return float(gain) if isinstance(gain, int | float) else 1.0


def keep_lookup_gain(key: str, gain: float) -> None:
    """Keep what a trial of guessing ahead gave."""
    _write(f"{key}{_LOOKUP}", round(gain, 3))


def _file() -> Path:
    return paths.data_dir() / "speeds.json"


def _read() -> dict[str, object]:
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(key: str, speed: float) -> None:
    # Only a convenience: what cannot be written is measured again next time.
    try:
        paths.private_dir(_file().parent)
        aside = _file().with_suffix(f".{os.getpid()}.part")
        aside.write_text(json.dumps(_read() | {key: speed}, indent=1), "utf-8")
        aside.replace(_file())
    except (OSError, StorageError):
        return
