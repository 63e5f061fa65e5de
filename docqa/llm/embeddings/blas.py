"""Keeps numpy's matrix products to one thread each: the encoder runs several of them at once."""

import ctypes
from collections.abc import Iterator
from pathlib import Path

# As numpy's wheels name it: with and without the prefix and suffix of their own build.
_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


def use_one_thread() -> bool:
    """Tell OpenBLAS so; False where numpy was built with another library.

    Its threads wait for each other by spinning: beside other work two of them took ten times the
    CPU time of one for the same passages.
    """
    for library in _find_libraries():
        for name in _SETTERS:
            setter = getattr(library, name, None)
            if setter is not None:
                setter.argtypes, setter.restype = [ctypes.c_int], None
                setter(1)
                return True
    return False


def _find_libraries() -> Iterator[ctypes.CDLL]:
    import numpy as np

    package = Path(np.__file__).parent
    folders = (package.with_name("numpy.libs"), package / ".dylibs")
    for path in (path for folder in folders for path in sorted(folder.glob("*openblas*"))):
        # Loaded by numpy already: opened again it is the same one.
        try:
            yield ctypes.CDLL(str(path))
        except OSError:
            continue
