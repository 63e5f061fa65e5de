import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from docqa import catalog, paths
from docqa.errors import ModelError, ServiceError, StorageError
from docqa.llm.files import download, hub, install
from docqa.llm.files.download import fetch
from docqa.llm.files.hub import HuggingFace, RemoteFile, folder_files, gguf_file
from tests.support.model_hub import SHA, StandInHub
from tests.support.tiny_gguf import Shape, write_gguf

REPOSITORY = "hfl/chinese-alpaca-2-7b-gguf"
MIRROR = "ChineseAlpacaGroup/chinese-alpaca-2-7b-gguf"
FILE = "ggml-model-q4_k.gguf"


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return write_gguf(tmp_path_factory.mktemp("gguf") / FILE, Shape()).read_bytes()


@pytest.fixture
def stand_in(weights, monkeypatch):
    monkeypatch.setattr(download, "_SPARE", 0)
    monkeypatch.setattr(hub, "_WAITS", (0.0, 0.0))
    files = {"README.md": "说明".encode(), FILE: weights}
    with StandInHub({REPOSITORY: files, MIRROR: files}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("MODELSCOPE_DOMAIN", server.url)
        yield server


@pytest.fixture
def remote(stand_in):
    return gguf_file(HuggingFace().files(REPOSITORY), ("q4_k",), REPOSITORY)


def _unvouched():
    """A listing that knows neither size nor hash."""
    return {"sha": SHA, "siblings": [{"rfilename": FILE}]}


def _pull(name="chinese-alpaca-2-7b", quantization="", source=""):
    want = install.find_repositories(name, quantization)
    files, _ = install.locate(want, source)
    return install.pull(want, files)


def test_a_pulled_model_is_on_record_with_its_hash_and_source(stand_in, weights):
    record = _pull()
    assert record.path == paths.models_dir() / "chinese-alpaca-2-7b" / FILE
    assert record.path.read_bytes() == weights
    assert record.sha256 == hashlib.sha256(weights).hexdigest()
    assert record.source == f"{stand_in.url}/{REPOSITORY}"
    assert catalog.list_installed() == (record,)
    assert [path.name for path in record.path.parent.iterdir()] == [FILE]


def test_progress_ends_at_the_whole_size(remote, tmp_path):
    told = []
    fetch(remote, tmp_path / FILE, lambda done, total: told.append((done, total)))
    assert told[-1] == (remote.size, remote.size)


def test_a_cut_download_goes_on_where_it_stopped(stand_in, remote, weights, tmp_path):
    stand_in.cut_after = [100_000, 50_000]
    fetch(remote, tmp_path / FILE, pause=0)
    assert (tmp_path / FILE).read_bytes() == weights
    assert stand_in.ranges() == ["", "bytes=100000-", "bytes=150000-"]


def test_a_server_that_knows_no_ranges_is_read_from_the_start(stand_in, remote, weights, tmp_path):
    stand_in.no_ranges, stand_in.cut_after = True, [100_000]
    fetch(remote, tmp_path / FILE, pause=0)
    assert (tmp_path / FILE).read_bytes() == weights


def test_a_download_that_always_stops_ends_with_what_to_do_and_keeps_its_part(
    stand_in, remote, tmp_path
):
    stand_in.cut_after = [100_000] + [0] * 20
    with pytest.raises(ServiceError) as caught:
        fetch(remote, tmp_path / FILE, pause=0)
    assert caught.value.code == "models.hub_unreachable"
    assert "run the same command again" in caught.value.hint
    assert (tmp_path / f"{FILE}.part").stat().st_size == 100_000
    stand_in.cut_after = []
    fetch(remote, tmp_path / FILE, pause=0)
    assert stand_in.ranges()[-1] == "bytes=100000-"


def test_the_part_of_another_file_is_not_continued(stand_in, remote, weights, tmp_path):
    stand_in.cut_after = [100_000] + [0] * 20
    other = RemoteFile("other.gguf", remote.url, remote.size, "0" * 64, remote.source)
    with pytest.raises(ServiceError):
        fetch(other, tmp_path / FILE, pause=0)
    stand_in.cut_after = []
    fetch(remote, tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == weights


def test_a_wrong_hash_leaves_nothing(stand_in):
    stand_in.false_hash = True
    with pytest.raises(ServiceError) as caught:
        _pull()
    assert caught.value.code == "models.wrong_hash"
    assert catalog.list_installed() == ()
    assert [path for path in paths.models_dir().rglob("*") if path.is_file()] == []


def test_what_is_no_model_is_fetched_but_never_put_on_record(stand_in):
    stand_in.repositories[REPOSITORY][FILE] = "这不是模型".encode()
    with pytest.raises(ModelError) as caught:
        _pull()
    assert caught.value.code == "models.not_gguf"
    assert catalog.list_installed() == ()


def test_a_server_that_sends_more_than_it_promised_is_not_believed(stand_in, remote, tmp_path):
    short = RemoteFile(FILE, remote.url, 1000, remote.sha256, remote.source)
    with pytest.raises(ServiceError) as caught:
        fetch(short, tmp_path / FILE)
    assert caught.value.code == "models.not_the_file"
    assert list(tmp_path.iterdir()) == []


def test_a_login_page_is_not_taken_for_the_file_nor_for_its_continuation(
    stand_in, remote, weights, tmp_path
):
    stand_in.cut_after = [100_000] + [0] * 20
    with pytest.raises(ServiceError):
        fetch(remote, tmp_path / FILE, pause=0)
    stand_in.cut_after, stand_in.login_page = [], True
    with pytest.raises(ServiceError) as caught:
        fetch(remote, tmp_path / FILE)
    assert caught.value.code == "models.not_the_file"
    assert caught.value.hint
    stand_in.login_page = False
    fetch(remote, tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == weights
    assert stand_in.ranges()[-1] == "bytes=100000-"


def test_a_login_page_instead_of_a_file_of_unknown_size_leaves_nothing(stand_in):
    stand_in.listing, stand_in.login_page = _unvouched(), True
    with pytest.raises(ServiceError) as caught:
        _pull(source="huggingface")
    assert caught.value.code == "models.not_the_file"
    assert [path for path in paths.models_dir().rglob("*") if path.is_file()] == []


def test_what_nobody_vouched_for_and_is_no_model_is_not_left_behind(stand_in):
    stand_in.listing = _unvouched()
    stand_in.repositories[REPOSITORY][FILE] = "这不是模型".encode()
    with pytest.raises(ModelError) as caught:
        _pull(source="huggingface")
    assert caught.value.code == "models.not_gguf"
    assert [path for path in paths.models_dir().rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_hub_is_asked_again(stand_in, weights, status):
    stand_in.busy = [status, status]
    assert _pull().sha256 == stand_in.hash(weights)
    stand_in.busy = [status] * 9
    with pytest.raises(ServiceError, match=str(status)) as caught:
        _pull(source="huggingface")
    assert caught.value.code == "models.hub_busy"
    assert "HF_ENDPOINT" in caught.value.hint


def test_the_second_source_follows_where_the_first_fails(stand_in):
    stand_in.broken_huggingface = 503
    want = install.find_repositories("chinese-alpaca-2-7b")
    files, failures = install.locate(want)
    assert files[0].source == f"{stand_in.url}/models/{MIRROR}"
    assert "503" in str(failures[0])
    assert install.pull(want, files).sha256 == files[0].sha256


def test_a_source_that_was_asked_for_is_the_only_one(stand_in):
    stand_in.broken_huggingface = 404
    with pytest.raises(ServiceError) as caught:
        _pull(source="huggingface")
    assert caught.value.code == "models.not_at_hub"


def test_a_dead_endpoint_is_named(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ServiceError) as caught:
        _pull(source="huggingface")
    assert "http://127.0.0.1:9" in str(caught.value)
    assert caught.value.code == "models.hub_unreachable"


def test_a_silent_endpoint_is_given_up(stand_in, remote, tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "TIMEOUT", 0.05)
    stand_in.stall, stand_in.stall_after = threading.Event(), 0
    with pytest.raises(ServiceError) as caught:
        fetch(remote, tmp_path / FILE, pause=0)
    assert "timed out" in str(caught.value)


def test_too_little_space_is_said_before_anything_is_asked(stand_in, remote, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_SPARE", 1 << 60)
    with pytest.raises(StorageError) as caught:
        fetch(remote, tmp_path / FILE)
    assert caught.value.code == "models.no_space"
    assert stand_in.ranges() == []


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_disk_that_fills_up_ends_the_download_at_once(stand_in, remote, tmp_path):
    (tmp_path / f"{FILE}.part").symlink_to("/dev/full")
    with pytest.raises(StorageError):
        fetch(remote, tmp_path / FILE)
    assert not (tmp_path / FILE).exists()


def test_two_downloads_of_one_file_do_not_mix(stand_in, remote, tmp_path):
    stand_in.stall = threading.Event()
    first = threading.Thread(target=_fetch_quietly, args=(remote, tmp_path / FILE))
    first.start()
    while not stand_in.ranges():
        time.sleep(0.01)
    with pytest.raises(ModelError) as caught:
        fetch(remote, tmp_path / FILE)
    assert caught.value.code == "models.download_running"
    held, stand_in.stall = stand_in.stall, None
    held.set()
    first.join()
    assert (tmp_path / FILE).is_file()


def _fetch_quietly(remote, target):
    fetch(remote, target, pause=0)


def test_an_interrupted_pull_registers_nothing_and_is_continued(stand_in, home, weights):
    stand_in.stall, stand_in.stall_after = threading.Event(), 100_000
    environment = os.environ | {"DOCQA_HOME": str(home)}
    command = [sys.executable, "-m", "docqa", "models", "pull", "chinese-alpaca-2-7b"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    part = paths.models_dir() / "chinese-alpaca-2-7b" / f"{FILE}.part"
    while not (part.exists() and part.stat().st_size):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert catalog.list_installed() == ()
    kept = part.stat().st_size
    held, stand_in.stall = stand_in.stall, None
    held.set()
    _pull()
    assert stand_in.ranges()[-1] == f"bytes={kept}-"
    assert catalog.list_installed()[0].path.read_bytes() == weights


def test_a_file_that_lies_there_already_is_checked_and_not_fetched(stand_in, remote, tmp_path):
    digest = fetch(remote, tmp_path / FILE)
    before = len(stand_in.ranges())
    assert fetch(remote, tmp_path / FILE) == digest
    assert len(stand_in.ranges()) == before
    (tmp_path / FILE).write_bytes(b"\0" * remote.size)
    assert fetch(remote, tmp_path / FILE) == digest
    assert len(stand_in.ranges()) == before + 1


def test_a_model_that_is_here_is_not_fetched_again(stand_in):
    record = _pull()
    files, _ = install.locate(install.find_repositories("chinese-alpaca-2-7b"))
    assert install.already_here(files) == record


@pytest.mark.parametrize(
    ("names", "wanted", "expected"),
    [
        (("ggml-model-q4_0.gguf", "GGML-Model-Q4_K_M.gguf"), "q4_k", "GGML-Model-Q4_K_M.gguf"),
        (("m-q4_k.gguf", "m-q4_k-im.gguf"), "Q4_K", "m-q4_k-im.gguf"),
        (("m-q4_k.gguf", "m-q4_k_s.gguf"), "q4_k_m", "m-q4_k.gguf"),
        (("m.Q8_0.gguf", "m.fp16.gguf"), "f16", "m.fp16.gguf"),
        (("m-q8_0-00001-of-00002.gguf", "a/m-q8_0.gguf"), "q8_0", "a/m-q8_0.gguf"),
    ],
)
def test_the_file_is_found_by_its_quantization(names, wanted, expected):
    files = [RemoteFile(name, "", None, None, "") for name in names]
    assert gguf_file(files, (wanted,), "r").path == expected


def test_a_quantization_that_is_not_there_names_those_that_are():
    files = [RemoteFile(f"m-{q}.gguf", "", None, None, "") for q in ("q4_0", "q8_0")]
    with pytest.raises(ModelError) as caught:
        gguf_file(files, ("q5_k",), "hfl/模型")
    assert "Q4_0, Q8_0" in str(caught.value)


def test_a_listing_cannot_lead_out_of_the_models_folder(stand_in):
    stand_in.repositories[REPOSITORY] = {"../../q4_k.gguf": b"x", "/etc/q4_k.gguf": b"x"}
    assert HuggingFace().files(REPOSITORY) == ()


@pytest.mark.parametrize(
    "listing",
    [
        [],
        {"siblings": 5},
        {"siblings": [{"rfilename": FILE, "size": "大"}]},
        {"siblings": [{"rfilename": FILE, "lfs": [1]}]},
    ],
)
def test_a_listing_of_another_form_is_a_clear_error(stand_in, listing):
    stand_in.listing = listing
    with pytest.raises(ServiceError) as caught:
        HuggingFace().files(REPOSITORY)
    assert caught.value.code == "models.hub_listing"


def test_a_listing_that_is_none_is_a_clear_error(stand_in, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", f"{stand_in.url}/{REPOSITORY}/resolve/main")
    with pytest.raises(ServiceError):
        HuggingFace().files(REPOSITORY)


def test_a_folder_model_is_fetched_whole_with_weights_in_one_format(stand_in):
    config = json.dumps({"architectures": ["XLMRobertaForSequenceClassification"]}).encode()
    stand_in.repositories["BAAI/bge-reranker-base"] = {
        "config.json": config,
        "1_Pooling/config.json": b"{}",
        "model.safetensors": b"\0" * 1000,
        "pytorch_model.bin": b"\0" * 2000,
        "onnx/model.onnx": b"\0" * 3000,
        "onnx/config.json": b"{}",
    }
    record = _pull("bge-reranker-base")
    kept = {str(p.relative_to(record.path)) for p in record.path.rglob("*") if p.is_file()}
    assert kept == {"config.json", "1_Pooling/config.json", "model.safetensors"}
    assert record.kind == "reranking"
    assert install.is_intact(record)
    assert len(install.remove(record)) == 3
    assert not record.path.exists()


def test_without_safetensors_the_older_weights_are_taken():
    files = [RemoteFile(name, "", None, None, "") for name in ("pytorch_model.bin", "vocab.txt")]
    assert [file.path for file in folder_files(files)] == ["pytorch_model.bin", "vocab.txt"]


def test_a_model_whose_licence_forbids_passing_it_on_cannot_be_pulled():
    with pytest.raises(ModelError) as caught:
        install.find_repositories("chinese-alpaca-pro-7b")
    assert "docqa models add" in caught.value.hint
