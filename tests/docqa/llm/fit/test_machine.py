import os
import sys

import pytest

from docqa.llm.fit import machine
from docqa.llm.fit.machine import Gpu, Machine, gpus, look, physical_cores

SMI = """#!/bin/sh
echo "0, GPU-aaaa, NVIDIA 示例 4090, 24564, 23000"
echo "1, GPU-bbbb, NVIDIA 示例 4090, 24564, 1000"
echo "2, GPU-cccc, Broken, [N/A], [N/A]"
"""


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without GPUs and without limits of a container."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(machine, "_DRM", tmp_path / "drm")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path / "cgroup")
    (tmp_path / "cgroup").mkdir()
    return tmp_path


def test_this_machine_has_memory_and_cores():
    here = look()
    assert 0 < here.free_memory <= here.total_memory
    assert 1 <= here.cores <= (os.cpu_count() or 1)


def test_a_containers_limits_count(bare):
    (bare / "cgroup" / "memory.max").write_text("2000000000\n")
    (bare / "cgroup" / "memory.current").write_text("1500000000\n")
    (bare / "cgroup" / "memory.stat").write_text("anon 1\ninactive_file 400000000\n")
    (bare / "cgroup" / "cpu.max").write_text("100000 100000\n")
    here = look()
    assert here.free_memory == 900_000_000
    assert here.total_memory == 2_000_000_000
    assert physical_cores() == 1


def test_no_limit_is_no_limit(bare):
    (bare / "cgroup" / "memory.max").write_text("max\n")
    (bare / "cgroup" / "cpu.max").write_text("max 100000\n")
    assert look().total_memory > 0
    assert physical_cores() >= 1


@pytest.mark.skipif(sys.platform != "linux", reason="a shell script stands in for nvidia-smi")
def test_nvidia_cards_are_seen_with_what_is_free(bare):
    program = bare / "nvidia-smi"
    program.write_text(SMI, encoding="utf-8")
    program.chmod(0o755)
    assert [(gpu.name, gpu.free >> 20) for gpu in gpus()] == [
        ("NVIDIA 示例 4090", 23000),
        ("NVIDIA 示例 4090", 1000),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="a shell script stands in for nvidia-smi")
@pytest.mark.parametrize(
    ("named", "free"), [("1", [1000]), ("GPU-aa", [23000]), ("1,0", [23000, 1000]), ("-1", [])]
)
def test_only_the_cards_that_llama_cpp_may_use_count(bare, monkeypatch, named, free):
    program = bare / "nvidia-smi"
    program.write_text(SMI, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
    assert [gpu.free >> 20 for gpu in gpus()] == free


@pytest.mark.skipif(sys.platform != "linux", reason="a shell script stands in for nvidia-smi")
def test_a_driver_that_fails_is_no_gpu(bare):
    program = bare / "nvidia-smi"
    program.write_text("#!/bin/sh\necho no devices; exit 9\n")
    program.chmod(0o755)
    assert gpus() == ()


def test_amd_cards_are_seen(bare, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    device = bare / "drm" / "card0" / "device"
    device.mkdir(parents=True)
    (device / "mem_info_vram_total").write_text("17163091968\n")
    (device / "mem_info_vram_used").write_text("163091968\n")
    assert gpus() == (Gpu("AMD", 17163091968, 17_000_000_000, "amd"),)


def test_video_memory_counts_only_where_llama_cpp_can_use_it():
    card = Gpu("卡", 8, 6, "nvidia")
    assert Machine(1, 1, 1, (card, card), True).free_vram == 12
    assert Machine(1, 1, 1, (card, card), False).free_vram == 0


@pytest.mark.parametrize(
    ("maker", "flag"), [("nvidia", "CUDA"), ("amd", "HIP"), ("apple", "METAL")]
)
def test_the_way_to_a_build_with_gpu_is_this_platforms(monkeypatch, maker, flag):
    monkeypatch.setattr(machine, "gpus", lambda: (Gpu("卡", 1, 1, maker),))
    command = machine.reinstall_command()
    assert f"-DGGML_{flag}=on" in command
    assert command.endswith("llama-cpp-python")
