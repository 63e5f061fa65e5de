"""Names of fields that mean the same in forms and records: 供货单位 is 供应商."""

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".txt")


@cache
def _groups() -> tuple[frozenset[str], ...]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(frozenset(line.split()) for line in lines if line and not line.startswith("#"))


def same_names(name: str) -> frozenset[str]:
    """Other names of a folded field name; empty for one that is in no group."""
    alike = frozenset[str]().union(*(group for group in _groups() if name in group))
    return alike - {name}
