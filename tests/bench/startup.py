"""How long docqa takes to start, against a bare `python -c "import typer, rich"`.

Run as: python -m tests.bench.startup
"""

import sys
from pathlib import Path

from tests.bench.processes import compare

PEER = (sys.executable, "-c", "import typer, rich")
DOCQA = str(Path(sys.executable).parent / "docqa")
COMMANDS = (
    ("--help",),
    ("--lang", "zh", "--help"),
    ("--version",),
    ("config", "path"),
    ("config", "path", "--help"),
)


def main() -> None:
    """Print one row per command."""
    print(f"{'command':<24}{'seconds':>9}{'peer':>9}{'ratio':>8}")
    for arguments in COMMANDS:
        result = compare((DOCQA, *arguments), PEER)
        name = " ".join(("docqa", *arguments))
        print(f"{name:<24}{result.ours:>9.3f}{result.peer:>9.3f}{result.ratio:>8.2f}")


if __name__ == "__main__":
    main()
