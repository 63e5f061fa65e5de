"""The `docqa` command."""

import signal
import sys


def main() -> None:
    """Run docqa with the arguments of this process and leave with its exit code."""
    # A Ctrl-C while modules are still being read ends the process as it would any other.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from docqa.cli import run

    signal.signal(signal.SIGINT, before)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
