"""What a command imports, seen in a process of its own."""

import json
import subprocess
import sys


def imported(arguments, modules):
    """Those of the modules that a command line imports."""
    code = (
        "import json, sys; from docqa.cli import run;"
        f"run({list(arguments)!r});"
        f"print(); print(json.dumps([m for m in {list(modules)!r} if m in sys.modules]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    return json.loads(ran.stdout.decode().splitlines()[-1])
