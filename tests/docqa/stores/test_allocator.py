import subprocess
import sys

import pytest

# Freed pieces of a megabyte between others that are still held; the first round is what glibc
# learns from. Prints how many megabytes more the process holds than what it was asked for.
PROGRAM = """
import sys
import psutil
from docqa.stores.allocator import give_back_freed

def held():
    return psutil.Process().memory_info().rss >> 20

if sys.argv[1] == "asked":
    give_back_freed()
before = held()
pieces = [b"x" * (1 << 20) for _ in range(64)]
del pieces
pieces = [b"x" * (1 << 20) for _ in range(64)]
del pieces[::2]
print(held() - before - len(pieces))
"""


def surplus(how: str) -> int:
    command = [sys.executable, "-c", PROGRAM, how]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="about the C library of Linux")
def test_freed_memory_goes_back_to_the_system():
    kept = surplus("unasked")
    if kept < 20:
        pytest.skip("this C library holds nothing back")
    assert surplus("asked") < kept / 2
