import json

import pytest

from docqa import paths
from docqa.cli import run
from docqa.stores.records.library import Library
from ingest.splitting.split import split
from ingest.types import Extract

CONTEXTS = {
    "海豚是生活在海洋里的哺乳动物，每隔几分钟要到水面呼吸一次。": ("海豚多久呼吸一次？", "几分钟"),
    "长江全长约6300公里，是亚洲最长的河流。": ("長江有多長？", "6300公里"),
    "第三条规定，员工每年享有十五天年假。": ("年假几天？", "十五天"),
}
KEYS = {
    "dataset", "questions", "documents", "passages", "recall@1", "recall@5", "recall@10",
    "mrr@10", "passage_recall@1", "passage_recall@5", "passage_mrr@10", "answer_in_top1",
    "answer_in_top3", "em", "f1", "seconds_per_question",
}  # fmt: skip


@pytest.fixture
def squad(tmp_path):
    paragraphs = [
        {
            "context": context,
            "qas": [
                {
                    "question": question,
                    "answers": [{"text": answer, "answer_start": context.index(answer)}],
                }
            ],
        }
        for context, (question, answer) in CONTEXTS.items()
    ]
    file = tmp_path / "set.json"
    file.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return str(file)


def test_json_is_exactly_as_promised(squad, capsys):
    assert run(["eval", squad, "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert set(out) == KEYS
    assert (out["dataset"], out["questions"], out["documents"]) == ("set", 3, 3)
    assert out["recall@1"] == out["passage_recall@1"] == out["answer_in_top3"] == 1


def test_settings_are_compared_side_by_side(squad, capsys):
    assert run(["eval", squad, "--compare", "search.relevance=1", "--json"]) == 0
    (compared,) = json.loads(capsys.readouterr().out)["compared"]
    assert compared["setting"] == "search.relevance=1"
    assert compared["differences"]["recall@1"] == {"mean": 0, "low": 0, "high": 0}
    assert run(["eval", squad, "--compare", "search.relevance=1"]) == 0
    assert "search.relevance=1" in capsys.readouterr().out


def test_a_mode_that_cannot_run_is_told_not_scored(squad, capsys):
    assert run(["eval", squad, "--compare", "search.mode=dense"]) == 2
    assert "vectors" in capsys.readouterr().err


def test_an_existing_library_is_measured(tmp_path, capsys):
    with Library.open(paths.library_dir("work"), create=True) as library:
        for number, context in enumerate(CONTEXTS):
            extract = Extract(context, ())
            library.add_document(f"文档{number}.txt", extract, split(extract, 300))
    file = tmp_path / "set.csv"
    file.write_text("question,answer,document\n年假几天？,15天,文档2.txt\n", encoding="utf-8")
    assert run(["eval", str(file), "--library", "work", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["documents"], out["recall@1"], out["passage_recall@1"]) == (3, 1, 1)


def test_questions_are_drafted_from_a_library(tmp_path, capsys):
    with Library.open(paths.library_dir("work"), create=True) as library:
        for number, context in enumerate(CONTEXTS):
            extract = Extract(context, ())
            library.add_document(f"文档{number}.txt", extract, split(extract, 300))
    file = tmp_path / "draft.jsonl"
    assert run(["eval", "make", "--library", "work", "--output", str(file)]) == 0
    rows = [json.loads(row) for row in file.read_text(encoding="utf-8").splitlines()]
    assert {"长江全长约多少？"} <= {row["question"] for row in rows}
    assert run(["eval", str(file), "--library", "work", "--json"]) == 0
    capsys.readouterr()
    assert run(["eval", "make", "--library", "work", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": None, "questions": rows}


@pytest.mark.parametrize("name", ["none.json", "bad.json", "empty.csv"])
def test_what_is_no_question_set_is_wrong_usage(name, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("[", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("question,answer\n", encoding="utf-8")
    assert run(["eval", str(tmp_path / name)]) == 2
    assert "question" in capsys.readouterr().err


def test_questions_without_documents_need_a_library(tmp_path, capsys):
    file = tmp_path / "set.jsonl"
    file.write_text('{"question": "几天？", "answer": "三天"}\n', encoding="utf-8")
    assert run(["eval", str(file)]) == 2
    assert "--library" in capsys.readouterr().err


def test_answers_of_an_engine_are_scored(squad, capsys):
    assert run(["eval", squad, "--engine", "quotes", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["engine"] == "quotes" and out["questions"] == 3
    assert out["contained"] == out["cited_right"] == 1
    assert out["refused_rightly"] is None and out["refused_wrongly"] == 0
    assert {"em", "f1", "citation_precision", "right_flagged", "prompt_tokens"} <= set(out)


def test_a_report_goes_on_where_it_stopped(squad, tmp_path, capsys):
    report = tmp_path / "run.jsonl"
    options = ["eval", squad, "--engine", "echo", "--report", str(report)]
    assert run([*options, "--limit", "2"]) == 0
    first = report.read_text(encoding="utf-8").splitlines()
    assert len(first) == 2 and json.loads(first[0])["question"] == "海豚多久呼吸一次？"
    # The run was stopped while it wrote its last line.
    report.write_text("\n".join([first[0], first[1][:20]]) + "\n", encoding="utf-8")
    assert run(options) == 0
    lines = report.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4 and "1" in capsys.readouterr().err
    report.write_text("{}\n{}\n", encoding="utf-8")
    assert run(options) == 2


def test_a_page_to_read_escapes_what_it_shows(tmp_path, capsys):
    rows = [{"question": "谁写了<b>？", "answer": "甲", "context": "甲写了<b>一书。"}]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    page = tmp_path / "page.html"
    assert run(["eval", str(file), "--engine", "quotes", "--report", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "谁写了&lt;b&gt;" in text and "<b>" not in text
    assert run(["eval", str(file), "--engine", "quotes", "--report", str(tmp_path / "a.txt")]) == 2


def test_with_all_passages_swapped_nothing_can_be_answered(squad, capsys):
    assert run(["eval", squad, "--engine", "quotes", "--noise", "1", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["noise"] == 1 and out["contained"] is None and out["refused_rightly"] is not None


def test_engines_are_compared_question_by_question(squad, capsys):
    options = ["--engine", "quotes", "--compare", "model.engine=echo"]
    assert run(["eval", squad, *options, "--json"]) == 0
    (compared,) = json.loads(capsys.readouterr().out)["compared"]
    assert set(compared["differences"]["contained"]) == {"mean", "low", "high"}
    assert run(["eval", squad, *options]) == 0
    assert "model.engine=echo" in capsys.readouterr().out
