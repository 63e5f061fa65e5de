"""Completes a folder from which docqa is installed on a machine without any network.

Run as: python -m docqa.engine.bundle FOLDER [MODEL …]
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

_SCRIPT = """\
#!/bin/sh
# Installs docqa from this folder, without a network: sh install.sh [FOLDER]
set -e
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-"$HOME/docqa"}
"${PYTHON:-python3}" -m venv "$target"
"$target/bin/pip" install --no-index --find-links "$here/wheels" 'docqa[meaning,llama]'
mkdir -p "$target/models"
for model in "$here"/models/*.gguf; do
    [ -f "$model" ] || continue
    cp "$model" "$target/models/"
    "$target/bin/docqa" models add "$target/models/$(basename "$model")"
done
echo "$target/bin/docqa"
"""


def complete(folder: Path, models: Sequence[Path]) -> None:
    """Copy the models beside the wheels, and write the script that installs all."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for model in models:
        shutil.copy2(model, folder / "models" / model.name)
    script = folder / "install.sh"
    script.write_text(_SCRIPT, encoding="utf-8")
    script.chmod(0o755)


if __name__ == "__main__":
    complete(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
