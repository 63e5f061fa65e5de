"""The `docqa` command."""

import gc
import sys

# New objects after which garbage is looked for; Python's own figure is 700.
_OBJECTS = 50_000
# As docqa.cli.exit_codes has it, which may not be read yet.
_INTERRUPTED = 130


def main() -> None:
    """Run docqa with the arguments of this process and leave with its exit code."""
    # Modules make no garbage: looking for it between them takes a tenth of a start.
    gc.set_threshold(_OBJECTS)
    try:
        # Imported here: a Ctrl-C while modules are still being read is told like any other.
        from docqa.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        from docqa.messages import say

        sys.stderr.write(say("error.interrupted") + "\n")
        code = _INTERRUPTED
    sys.exit(code)


if __name__ == "__main__":
    main()
