"""The ingest that the crash test kills: `python -m tests.docqa.engine.crashing LIBRARY FOLDER`."""

import sys

from tests.support.ingesting import ingest

if __name__ == "__main__":
    sys.stdout.write("started\n")
    sys.stdout.flush()
    ingest(sys.argv[1], sys.argv[2], prune=True, jobs=2)
