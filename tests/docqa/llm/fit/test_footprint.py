import pytest
from gguf import GGMLQuantizationType as Kind

from docqa.catalog import GIB, find_entry
from docqa.llm.files.gguf import read_metadata
from docqa.llm.fit.footprint import Load, kv_bytes, memory, of_entry, of_file
from tests.support.allocations import measure, write_hollow
from tests.support.real_models import REAL, real_model
from tests.support.tiny_gguf import Shape, write_gguf

MIB = 1 << 20
SMALL = {
    "f16": Shape(hidden=256, heads=4, ffn=704),
    "grouped": Shape(hidden=256, heads=8, kv_heads=2, ffn=704, layers=3),
    "q8_0": Shape(hidden=512, heads=8, ffn=1408, layers=4, quantization="q8_0"),
    "q4_0": Shape(hidden=512, heads=8, ffn=1408, quantization="q4_0"),
}
# Window, KV type, flash attention, tokens at a time.
LOADS = (
    (512, "f16", True, 512),
    (4096, "f16", True, 512),
    (4096, "q8_0", True, 512),
    (4096, "q4_0", True, 128),
    (4096, "f16", False, 512),
    (16384, "f16", False, 128),
    (16384, "q8_0", True, 512),
)
LONG = ((65536, "f16", True, 512), (65536, "f16", False, 512), (32768, "q8_0", True, 1024))
LARGE = {
    "1.3b": (Shape(layers=4, hidden=4096, heads=32, ffn=11008), 55296),
    "7b": (Shape(layers=32, hidden=4096, heads=32, ffn=11008), 55296),
    "13b": (Shape(layers=40, hidden=5120, heads=40, ffn=13824), 55296),
    "llama3-8b": (Shape(layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336), 128256),
}


@pytest.fixture(scope="module")
def allocated(tmp_path_factory):
    """Every case with what llama.cpp allocated for it, in one process of its own."""
    folder = tmp_path_factory.mktemp("shapes")
    cases = []
    for name, shape in SMALL.items():
        path = write_gguf(folder / f"{name}.gguf", shape)
        cases += [_case(path, load, simulate=False) for load in LOADS]
    for name, (shape, tokens) in LARGE.items():
        path = write_hollow(folder / f"{name}.gguf", shape, tokens, Kind.Q4_K)
        cases += [_case(path, load, simulate=True) for load in LOADS + LONG]
    return list(zip(cases, measure(cases, folder), strict=True))


def _case(path, load, *, simulate):
    window, kv_type, flash, batch = load
    return {
        "path": path, "window": window, "kv_type": kv_type, "flash": flash, "batch": batch,
        "simulate": simulate,
    }  # fmt: skip


def _planned(case):
    model = of_file(read_metadata(case["path"]))
    load = Load(case["window"], case["kv_type"], 0, case["flash"], case["batch"])
    return model, memory(model, load)


def test_the_whole_of_small_models_is_met_within_5_percent(allocated):
    for case, real in (pair for pair in allocated if not pair[0]["simulate"]):
        _, planned = _planned(case)
        total = sum(real[part] for part in ("model", "KV", "output", "compute") if part in real)
        assert planned.total / MIB == pytest.approx(total, rel=0.05, abs=0.1), case


def test_each_part_of_small_models_is_met(allocated):
    for case, real in (pair for pair in allocated if not pair[0]["simulate"]):
        _, planned = _planned(case)
        assert planned.weights / MIB == pytest.approx(real["model"], abs=0.02), case
        assert planned.kv / MIB == pytest.approx(real["KV"], abs=0.01), case


def test_the_copies_for_the_processors_kernels_are_foreseen(allocated):
    for case, real in (pair for pair in allocated if not pair[0]["simulate"]):
        model = of_file(read_metadata(case["path"]), real["buffers"])
        assert model.copies / MIB == pytest.approx(real.get("copies", 0.0), rel=0.02), case


def test_the_buffers_of_real_shapes_are_met_to_a_fifth_and_the_whole_to_1_percent(allocated):
    # Simulated by llama.cpp itself: it plans every tensor of the graph, and allocates none.
    for case, real in (pair for pair in allocated if pair[0]["simulate"]):
        _, planned = _planned(case)
        buffers = real["compute"] + real.get("output", 0.0)
        assert planned.buffers / MIB == pytest.approx(buffers, rel=0.2), case
        total = (planned.weights + planned.kv) / MIB + buffers
        assert planned.total / MIB == pytest.approx(total, rel=0.01), case


@pytest.mark.parametrize(
    ("name", "window", "kv_type", "gib"),
    [
        ("chinese-alpaca-2-7b-16k", 16384, "f16", 8.0),
        ("chinese-alpaca-2-7b-64k", 65536, "q8_0", 17.0),
        ("chinese-alpaca-2-13b-16k", 16384, "q4_0", 3.52),
        ("llama-3-chinese-8b-instruct-v2", 8192, "f16", 1.0),
    ],
)
def test_the_cache_of_catalog_models_is_as_published(name, window, kv_type, gib):
    shape = find_entry(name).shape
    assert kv_bytes(shape, window, kv_type) / GIB == pytest.approx(gib, abs=0.005)


def test_a_model_that_is_not_here_is_planned_from_the_catalog():
    entry = find_entry("chinese-alpaca-2-7b")
    model = of_entry(entry, "Q4_K")
    assert model.weights / GIB == pytest.approx(3.92, abs=0.01)
    assert len(model.layers) == 32


def test_layers_on_the_gpu_move_their_weights_and_cache_there():
    model = of_entry(find_entry("chinese-alpaca-2-7b"), "Q4_K")
    none, half, all_but_output, every = (
        memory(model, Load(4096, gpu_layers=count)) for count in (0, 16, 32, 33)
    )
    assert none.vram == 0
    assert none.ram == none.total
    assert half.vram - half.buffers == (all_but_output.vram - half.buffers) // 2
    assert every.vram - all_but_output.vram == model.output
    assert every.ram == model.embedding + every.buffers


def test_the_window_is_counted_as_llama_cpp_pads_it():
    shape = find_entry("chinese-alpaca-2-7b").shape
    assert kv_bytes(shape, 1000, "f16") == kv_bytes(shape, 1024, "f16")


def test_a_network_without_attention_keeps_nothing_for_a_token(tmp_path):
    path = write_gguf(tmp_path / "m.gguf", Shape(architecture="mamba", heads=2))
    data = path.read_bytes()
    for key in (b"mamba.attention.head_count", b"mamba.attention.head_count_kv"):
        data = data.replace(key, key.replace(b"attention", b"unheeded!"))
    path.write_bytes(data)
    model = of_file(read_metadata(path))
    assert model.estimated
    assert kv_bytes(model.shape, 4096, "f16") == 0


@pytest.mark.parametrize(
    ("name", "load"), [(name, load) for name in REAL for load in ((4096, "f16"), (8192, "q8_0"))]
)
def test_the_plan_of_real_models_is_met_within_5_percent(name, load, tmp_path):
    path = real_model(name)
    case = _case(path, (*load, True, 128), simulate=False)
    (real,) = measure([case], tmp_path)
    _, planned = _planned(case)
    total = sum(real[part] for part in ("model", "KV", "output", "compute") if part in real)
    assert planned.total / MIB == pytest.approx(total, rel=0.05)
