"""A real server in a process of its own, over a small library."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

from docqa.retrieval import open_searcher
from docqa.settings import EmbeddingSettings, Settings
from tests.support.small_library import open_filled

# A run that measures coverage measures the servers as well.
MEASURED = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
ENVIRONMENT = {"DOCQA_LANG": "en", "DOCQA_AIRGAP": "1", "OMP_NUM_THREADS": "1", **MEASURED}


def filled_home(folder):
    """A home whose default library holds the three texts."""
    library = open_filled(folder / "libraries" / "default")
    # Its index is made, as an ingest makes it: two that open it at once need not wait for it.
    open_searcher(library, Settings(embedding=EmbeddingSettings(backend="none"))).close()
    library.close()
    return folder


@contextmanager
def listening(server):
    """A server of the standard library, answering in a thread of its own until it is left."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving(home, *arguments):
    """`docqa` with these arguments, once it says where it listens: process and address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "docqa", *arguments],
        env={**os.environ, **ENVIRONMENT, "DOCQA_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = ""
        while "http://" not in said:
            said = process.stderr.readline()
            assert said, f"it ended with {process.wait()}"
        yield process, next(word for word in said.split() if word.startswith("http://")).rstrip(",")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
