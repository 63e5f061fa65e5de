"""The `docqa` command."""

import gc
import signal
import sys

# New objects after which garbage is looked for; Python's own figure is 700.
_OBJECTS = 50_000


def main() -> None:
    """Run docqa with the arguments of this process and leave with its exit code."""
    # Modules make no garbage: looking for it between them takes a tenth of a start.
    gc.set_threshold(_OBJECTS)
    # A Ctrl-C while modules are still being read ends the process as it would any other.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from docqa.cli import run

    signal.signal(signal.SIGINT, before)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
