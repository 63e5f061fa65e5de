import pytest

from docqa.catalog import find_entry
from docqa.errors import DoesNotFit, ModelError
from docqa.llm.fit.footprint import of_entry
from docqa.llm.fit.machine import Gpu, Machine
from docqa.llm.fit.plan import Wish, alternatives, choose, human_bytes, wish_of
from docqa.messages import use_language
from docqa.settings import ModelSettings

GIB = 1 << 30


def machine(ram, *vram, offload=True):
    gpus = tuple(Gpu("测试卡", round(v * GIB), round(v * GIB), "nvidia") for v in vram)
    return Machine(round(ram * GIB), 64 * GIB, 4, gpus, bool(gpus) and offload)


def model(name, quantization="Q4_K"):
    return of_entry(find_entry(name), quantization)


LONG = model("chinese-alpaca-2-7b-16k")


def _chosen(*arguments, **named):
    load = choose(*arguments, **named).load
    return load.window, load.kv_type, load.gpu_layers


@pytest.mark.parametrize(
    ("ram", "window", "kv_type"),
    [(64, 16384, "f16"), (10, 16384, "q8_0"), (8, 8192, "q8_0"), (6, 4096, "q8_0")],
)
def test_the_largest_window_that_fits_is_chosen(ram, window, kv_type):
    assert _chosen(LONG, machine(ram), Wish()) == (window, kv_type, 0)


def test_a_coarse_cache_comes_after_every_smaller_window():
    # 2048 tokens at q8_0 need 4.58 GiB, 16384 at q4_0 need 6.30.
    assert _chosen(LONG, machine(6.7), Wish())[1] == "q8_0"
    assert _chosen(LONG, machine(4.7), Wish()) == (2048, "q4_0", 0)


def test_nothing_fits_is_refused_with_what_it_takes_and_a_way_out():
    with pytest.raises(DoesNotFit) as caught:
        choose(LONG, machine(3), Wish(), name="某模型")
    assert "某模型 needs 4." in str(caught.value)
    assert "2.85 GiB" in str(caught.value)
    assert "docqa models list" in caught.value.hint
    assert caught.value.exit_code == 1


def test_a_window_that_was_asked_for_and_does_not_fit_is_refused_with_one_that_does():
    with pytest.raises(DoesNotFit) as caught:
        choose(LONG, machine(6), Wish(window=16384), name="某模型")
    assert "model.context = 4096" in caught.value.hint
    assert 'model.kv_type = "q8_0"' in caught.value.hint


def test_force_loads_what_does_not_fit_and_says_so():
    choice = choose(LONG, machine(8), Wish(window=16384, kv_type="f16", force=True))
    assert (choice.load.window, choice.load.kv_type, choice.fits) == (16384, "f16", False)
    assert choice.why[0].message == "models.why_forced"


def test_force_does_not_reach_for_memory_that_this_machine_will_never_have():
    wish = Wish(window=1 << 20, kv_type="f16", force=True)
    with pytest.raises(DoesNotFit) as caught:
        choose(LONG, machine(8), wish, name="某模型")
    assert "force" not in caught.value.hint
    with pytest.raises(DoesNotFit, match="某模型") as caught:
        choose(LONG, machine(8), Wish(window=16384, kv_type="f16"), name="某模型")
    assert "model.force = true" in caught.value.hint


def test_weights_larger_than_the_memory_can_still_be_forced():
    whole = model("chinese-alpaca-2-13b", "F16")
    small = Machine(8 * GIB, 16 * GIB, 4)
    assert not choose(whole, small, Wish(window=2048, force=True)).fits


def test_a_window_that_was_asked_for_keeps_the_best_cache_that_fits():
    assert _chosen(LONG, machine(10), Wish(window=16384)) == (16384, "q8_0", 0)


def test_without_flash_attention_the_cache_is_never_quantized():
    wish = Wish(flash_attention=False)
    assert _chosen(LONG, machine(10), wish)[1] == "f16"
    assert {row.load.kv_type for row in alternatives(LONG, machine(10), wish)} == {"f16"}


def test_a_quantized_cache_that_llama_cpp_would_refuse_is_refused_with_the_reason():
    with pytest.raises(ModelError) as caught:
        choose(LONG, machine(64), Wish(kv_type="q8_0", flash_attention=False))
    assert "flash attention" in str(caught.value)
    assert "model.kv_type" in caught.value.hint


def test_a_cache_that_was_asked_for_is_the_reason_by_itself():
    choice = choose(LONG, machine(64), Wish(kv_type="q8_0"))
    assert choice.load.kv_type == "q8_0"
    assert choice.why[0].message == "models.why_asked"


def test_a_gpu_takes_all_layers_where_a_fair_window_fits():
    assert _chosen(LONG, machine(32, 24), Wish()) == (16384, "f16", 33)
    assert _chosen(LONG, machine(32, 12), Wish()) == (16384, "q8_0", 33)
    assert _chosen(LONG, machine(32, 8), Wish()) == (8192, "q8_0", 33)


def test_a_small_gpu_takes_as_many_layers_as_fit():
    choice = choose(model("chinese-alpaca-2-13b"), machine(32, 6), Wish())
    assert 0 < choice.load.gpu_layers < choice.layers == 41
    assert choice.memory.vram <= 5.5 * GIB
    assert choice.why[-1].message == "models.why_gpu_part"


def test_a_gpu_that_the_build_cannot_use_is_not_counted_on():
    choice = choose(LONG, machine(32, 24, offload=False), Wish())
    assert choice.load.gpu_layers == 0
    assert choice.why[-1].message == "models.why_no_offload"


def test_layers_that_were_asked_for_are_put_there_or_refused():
    assert _chosen(LONG, machine(32, 24), Wish(gpu_layers=10))[2] == 10
    assert _chosen(LONG, machine(32, 24), Wish(gpu_layers=0))[2] == 0
    with pytest.raises(DoesNotFit):
        choose(LONG, machine(32, 2), Wish(gpu_layers=33, window=16384, kv_type="f16"))


def test_memory_that_the_gpu_shares_with_the_cpu_is_counted_once():
    shared = Gpu("Apple Metal", 12 * GIB, 12 * GIB, "apple", shared=True)
    here = Machine(16 * GIB, 16 * GIB, 8, (shared,), True)
    choice = choose(model("chinese-alpaca-2-13b"), here, Wish())
    assert choice.memory.total <= 16 * GIB


def test_two_gpus_are_used_together():
    assert _chosen(model("chinese-alpaca-2-13b-16k"), machine(32, 12, 12), Wish())[2] == 41


def test_a_stretched_window_may_be_longer_than_what_the_file_states():
    assert _chosen(model("chinese-alpaca-2-7b"), machine(64), Wish(), window=12288)[0] == 12288


def test_a_window_beyond_what_the_model_knows_is_warned_of():
    choice = choose(model("chinese-alpaca-2-7b"), machine(64), Wish(window=8192))
    assert "models.why_beyond" in [reason.message for reason in choice.why]


def test_alternatives_are_every_window_with_every_cache_largest_first():
    rows = alternatives(LONG, machine(8), Wish())
    assert [row.load.window for row in rows[::3]] == [16384, 8192, 4096, 2048]
    assert [row.load.kv_type for row in rows[:3]] == ["f16", "q8_0", "q4_0"]
    assert [row.fits for row in rows[:4]] == [False, False, True, False]


def test_the_settings_are_what_is_wished_for():
    settings = ModelSettings(
        context=8192, kv_type="q4_0", gpu_layers=7, micro_batch=256, force=True
    )
    assert wish_of(settings) == Wish(8192, "q4_0", 7, True, 256, True)


def test_the_reason_is_worded_in_chinese_too():
    from docqa.messages import say

    use_language("zh")
    reason = choose(LONG, machine(8), Wish()).why[0]
    assert "改用窗口 8192、q8_0 缓存" in say(reason.message, **reason.facts)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (2048, "2 KiB"), (5 << 20, "5 MiB"), (int(3.92 * GIB), "3.92 GiB")],
)
def test_bytes_are_worded_for_people(count, text):
    assert human_bytes(count) == text
