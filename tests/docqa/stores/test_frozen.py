"""What earlier versions stored is read: one frozen example of each release."""

import json
import tarfile
from pathlib import Path

import pytest

from docqa.engine import Engine
from docqa.settings import Settings
from docqa.stores.records.integrity import faults
from docqa.stores.records.library import Library
from docqa.stores.sessions import pack_answer, unpack_answer
from docqa.types import AskRequest, Done

FROZEN = Path(__file__).resolve().parents[2] / "frozen"
RELEASES = sorted(FROZEN.glob("library-*.tar.gz"))


@pytest.fixture(params=RELEASES, ids=lambda file: file.name)
def library(request, tmp_path):
    """A library as that release left it."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path / "library", filter="data")
    return tmp_path / "library"


def test_an_old_library_is_opened_sealed_and_sound(library):
    with Library.open(library) as opened:
        assert opened.counts().documents == 2
        assert faults(opened) == []


def test_an_old_library_answers_and_keeps_its_sessions(library):
    with Engine(Settings(), str(library)) as engine:
        (*_, done) = engine.ask(AskRequest("备用钥匙放在哪里？", save=False))
        assert isinstance(done, Done)
        assert "三号柜" in done.answer.text
        kept = [turn for info in engine.sessions() for turn in engine.session(info.id)[1]]
        cited = {Path(turn.answer.citations[0].document).name for turn in kept}
        assert cited == {"差旅.txt", "钥匙.md"}


@pytest.mark.parametrize("file", sorted(FROZEN.glob("turn-*.json")), ids=lambda file: file.name)
def test_an_old_turn_is_read_and_stored_anew_with_a_version(file):
    answer = unpack_answer(file.read_bytes())
    assert answer is not None
    assert answer.citations[0].quote.startswith("住宿标准")
    packed = pack_answer(answer)
    assert json.loads(packed)["version"] >= 1
    assert unpack_answer(packed) == answer


def test_a_turn_of_a_later_version_is_not_misread():
    packed = pack_answer(unpack_answer((FROZEN / "turn-0.1.0.json").read_bytes()))
    assert unpack_answer(packed.replace(b'"version":1', b'"version":999')) is None
    unknown = (FROZEN / "turn-0.1.0.json").read_bytes().replace(b'"quotes"', b'"oracle"')
    assert unpack_answer(unknown) is None
