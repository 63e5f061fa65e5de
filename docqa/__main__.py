"""The `docqa` command."""

import sys

from docqa.cli import run


def main() -> None:
    """Run docqa with the arguments of this process and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
