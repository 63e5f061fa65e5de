"""What this machine has: free memory, GPUs, cores. Nothing is asked of it at import."""

import csv
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

_CGROUP = Path("/sys/fs/cgroup")
_DRM = Path("/sys/class/drm")
# The part of a Mac's memory that Metal lets the GPU use.
_METAL_SHARE = 0.75


class Gpu(Struct, frozen=True):
    """A graphics card and its memory in bytes."""

    name: str
    total: int
    free: int
    maker: str
    shared: bool = False
    """True where the GPU uses the machine's own memory."""


class Machine(Struct, frozen=True):
    """What a model can use here, in bytes."""

    free_memory: int
    total_memory: int
    cores: int
    gpus: tuple[Gpu, ...] = ()
    can_offload: bool = False
    """Whether the llama.cpp that is installed can use a GPU."""

    @property
    def free_vram(self) -> int:
        """Memory of all GPUs that llama.cpp can use."""
        return sum(gpu.free for gpu in self.gpus) if self.can_offload else 0


def look() -> Machine:
    """Measure the machine as it is now."""
    free, total = _memory()
    found = gpus(free)
    return Machine(free, total, physical_cores(), found, bool(found) and can_offload())


def physical_cores() -> int:
    """Cores that this process may use, hyperthreads not counted."""
    import psutil

    limits = [psutil.cpu_count(logical=False) or os.cpu_count() or 1, _core_quota()]
    if hasattr(os, "sched_getaffinity"):
        limits.append(len(os.sched_getaffinity(0)))
    return max(1, min(limits))


def gpus(free_memory: int = 0) -> tuple[Gpu, ...]:
    """The GPUs that can be seen without loading a driver's library."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        size = int(free_memory * _METAL_SHARE)
        return (Gpu("Apple Metal", size, size, "apple", shared=True),)
    return (*_nvidia(), *_amd())


def can_offload() -> bool:
    """Whether the llama.cpp that is installed was built to use a GPU."""
    if importlib.util.find_spec("llama_cpp") is None:
        return False
    import llama_cpp

    from docqa.llm.llama.backends import load_backends

    load_backends()
    return bool(llama_cpp.llama_supports_gpu_offload())


def reinstall_command() -> str:
    """How to install llama-cpp-python with GPU support on this platform."""
    install = "pip install --force-reinstall --no-cache-dir --no-binary :all: --no-deps"
    maker = next((gpu.maker for gpu in gpus()), "nvidia")
    flags = {"apple": "-DGGML_METAL=on", "nvidia": "-DGGML_CUDA=on", "amd": "-DGGML_HIP=on"}[maker]
    if sys.platform == "win32":
        return f'$env:CMAKE_ARGS="{flags}"; {install} llama-cpp-python'
    return f'CMAKE_ARGS="{flags}" {install} llama-cpp-python'


def _memory() -> tuple[int, int]:
    import psutil

    memory = psutil.virtual_memory()
    limit, used = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    if limit is None or used is None:
        return int(memory.available), int(memory.total)
    # Pages of files count as used in a container, yet make room when needed.
    used -= _cache()
    return min(int(memory.available), max(0, limit - used)), min(int(memory.total), limit)


def _cache() -> int:
    try:
        lines = (_CGROUP / "memory.stat").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))


def _core_quota() -> int:
    try:
        quota, period = (_CGROUP / "cpu.max").read_text().split()
    except (OSError, ValueError):
        return sys.maxsize
    return sys.maxsize if quota == "max" else max(1, round(int(quota) / int(period)))


def _nvidia() -> tuple[Gpu, ...]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    query = "--query-gpu=index,uuid,name,memory.total,memory.free"
    try:
        answer = subprocess.run(
            [program, query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    rows = csv.reader(answer.stdout.splitlines(), skipinitialspace=True)
    return tuple(
        Gpu(name, int(total) << 20, int(free) << 20, "nvidia")
        for index, uuid, name, total, free in (row for row in rows if len(row) == 5)
        if total.isdigit() and free.isdigit() and _is_visible(index, uuid)
    )


def _is_visible(index: str, uuid: str) -> bool:
    # llama.cpp sees only the cards that this variable names; nvidia-smi shows all.
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        return True
    return any(one == index or (one and uuid.startswith(one)) for one in named.split(","))


def _amd() -> tuple[Gpu, ...]:
    found = []
    for folder in sorted(_DRM.glob("card[0-9]/device")):
        total = _number(folder / "mem_info_vram_total")
        used = _number(folder / "mem_info_vram_used")
        if total is not None and used is not None:
            found.append(Gpu("AMD", total, total - used, "amd"))
    return tuple(found)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
