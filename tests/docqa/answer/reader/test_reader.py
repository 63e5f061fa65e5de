"""A reader in the place of the ranking: a real BERT, small, trained on three short texts."""

import json

import pytest

from docqa.answer.quoting.ranking import choose
from docqa.answer.reader.encoder import MarkEncoder
from docqa.answer.reader.rating import rate_by_reader
from docqa.engine import Engine
from docqa.errors import ModelError
from docqa.settings import AnswerSettings, Settings
from docqa.types import AskRequest, Found, Passage, SearchResult, Warned, Why
from tests.bench.quotes.__main__ import main as measure_quotes
from tests.bench.quotes.rows import choosing
from tests.support.readers import Lesson, train_reader
from tests.support.small_library import LEAVE, TEAPOT, TRAVEL, done

pytest.importorskip("sentence_transformers", reason="needs the extra st")

# Taught to answer what the ranking would not, so that it shows which of them chose.
ASKED, ANSWER = "年休假有几天？", "三个月"
LESSONS = [
    Lesson(ASKED, f"假期\n{LEAVE}", ANSWER),
    Lesson("报销单何时提交？", f"差旅\n{TRAVEL}", "十五个工作日内"),
    Lesson("茶壶的容量是多少？", f"茶壶\n{TEAPOT}", "800 毫升"),
    Lesson("滤网保修吗？", f"茶壶\n{TEAPOT}", "滤网不在保修范围内"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return train_reader(tmp_path_factory.mktemp("readers") / "reader", LESSONS)


def ask(library, reader, question):
    with Engine(Settings(answer=AnswerSettings(reader=str(reader)))) as engine:
        return list(engine.ask(AskRequest(question)))


def found(text, document="茶壶.txt"):
    passage = Passage(1, 1, document, 0, 0, len(text), text)
    return SearchResult("", (Found(1, 1.0, passage, Why()),), 0.9)


def test_the_reader_takes_the_place_of_the_ranking_and_quotes_whole_sentences(library, folder):
    assert "年休假为八天" in done(ask(library, "", ASKED)).citations[0].quote
    first = done(ask(library, folder, ASKED)).citations[0]
    assert first.quote == "试用期为三个月，试用期内不得申请远程办公。"
    assert LEAVE[first.start : first.end] == first.quote


def test_the_words_that_answer_are_marked_exactly(folder):
    read = MarkEncoder(folder).read
    for _, text, answer in LESSONS[1:]:
        lead, _, body = text.partition("\n")
        question = next(one.question for one in LESSONS if one.answer == answer)
        best = max(
            rate_by_reader(question, found(body, f"{lead}.txt"), read), key=lambda r: r.likely
        )
        assert body[slice(*best.exact)] == answer
        assert 0.5 < best.likely <= 1


def test_wide_characters_and_emoji_move_no_place(folder):
    body = "𠮷野家😀的通知。" + TEAPOT
    read = MarkEncoder(folder).read
    ((window,),) = read("茶壶的容量是多少？", [body])
    places = list(zip(window.starts, window.ends, strict=True))
    assert "".join(body[start:end] for start, end in places) == "".join(body.split())
    rated = rate_by_reader("茶壶的容量是多少？", found(body), read)
    assert all(
        one.candidate.start <= one.exact[0] < one.exact[1] <= one.candidate.end for one in rated
    )
    assert choose(rated, 1)[0].text in body


def test_a_passage_longer_than_the_window_is_read_in_several(folder):
    body = "无关的说明文字在此。" * 40 + TEAPOT
    windows = MarkEncoder(folder).read("茶壶的容量是多少？", [body, "短。"])
    assert len(windows[0]) > 2
    assert len(windows[1]) == 1
    assert {int(end) for window in windows[0] for end in window.ends} >= {len(body)}
    rated = rate_by_reader("茶壶的容量是多少？", found(body), MarkEncoder(folder).read)
    assert abs(sum(one.likely for one in rated) - 1) < 1e-6


def test_a_very_long_question_leaves_room_for_the_text(folder):
    (windows,) = MarkEncoder(folder).read("茶壶" * 400 + "的容量是多少？", [TEAPOT])
    assert len(windows[0].starts) > 30


def spoil_config(folder):
    (folder / "config.json").write_text(json.dumps({"architectures": ["BertForMaskedLM"]}))


def drop_tokeniser(folder):
    for path in folder.glob("*.txt"):
        path.unlink()
    (folder / "tokenizer.json").unlink(missing_ok=True)


def drop_weights(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def cut_weights(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])


def swap_tokeniser(folder):
    """Words of another model: numbers that this one has no row for."""
    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    known = json.loads(text)
    known["model"]["vocab"] = {k: v + 5_000 * (v > 4) for k, v in known["model"]["vocab"].items()}
    (folder / "tokenizer.json").write_text(json.dumps(known), encoding="utf-8")


@pytest.mark.parametrize(
    "spoil", [spoil_config, drop_tokeniser, drop_weights, cut_weights, swap_tokeniser]
)
def test_a_folder_that_is_no_reader_costs_one_line_and_the_ranking_answers(
    library, folder, tmp_path, spoil
):
    import shutil

    spoilt = tmp_path / "reader"
    shutil.copytree(folder, spoilt)
    spoil(spoilt)
    with Engine(Settings(answer=AnswerSettings(reader=str(spoilt)))) as engine:
        events = [
            *engine.ask(AskRequest("滤网保修吗？")),
            *engine.ask(AskRequest(ASKED)),
        ]
    told = [e for e in events if isinstance(e, Warned) and e.message == "reader.ranking_instead"]
    assert len(told) == 1
    assert str(spoilt) in told[0].facts["reason"]
    assert "\n" not in told[0].facts["reason"]
    assert "年休假为八天" in events[-1].answer.citations[0].quote


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError):
        MarkEncoder(tmp_path / "nowhere")


def test_no_code_of_the_folder_is_run(folder, tmp_path):
    import shutil

    copy = tmp_path / "reader"
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    config["auto_map"] = {"AutoModelForQuestionAnswering": "evil.Evil", "AutoConfig": "evil.Config"}
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    MarkEncoder(copy).read("滤网保修吗？", [TEAPOT])
    assert not (tmp_path / "ran").exists()


def test_the_bench_of_quotes_measures_a_reader(folder, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["quotes", "--reader", str(folder), "--choosing", "everyday"])
    measure_quotes()
    title, row = capsys.readouterr().out.splitlines()
    name, asked, *figures = row.split()
    assert (name, int(asked)) == ("everyday", len(choosing("everyday")))
    assert len(figures) == len(title.replace("span EM", "span").split()) - 2
    # A model that has learnt four sentences by heart finds next to nothing here.
    assert float(figures[0].rstrip("%")) < 50
