"""Tasks by rules and by a reply: what is found, where it stands, what is left out."""

import json

import pytest

from docqa.answer.tasks.entities import Entities
from docqa.answer.tasks.follows import Follows
from docqa.answer.tasks.keywords import Keywords
from docqa.answer.tasks.similar import Similar
from docqa.answer.tasks.task import Given, Target, Tools, choose
from docqa.registries.tasks import TASKS
from docqa.types import Passage

CONTRACT = (
    "采购合同\n甲方：青石科技有限公司\n双方于2026年3月1日签订，总价为人民币37,800元。\n"
    "联系人：李明，电话13800138000，邮箱li@example.com，地址：云岭市白鹭路12号。违约金为3%。"
)


def target(*texts, title="合同"):
    passages, start = [], 0
    for number, text in enumerate(texts, 1):
        passages.append(Passage(number, 1, "合同.txt", number, start, start + len(text), text=text))
        start += len(text)
    return Target("合同.txt", title, tuple(passages), lambda _: passages)


def replying(reply):
    return Tools(complete=lambda prompt, schema: reply)


def test_every_entity_stands_where_it_says():
    found = Entities().by_rules(target(CONTRACT), Given(), Tools())
    assert {(one.kind, one.value) for one in found} == {
        ("organisation", "青石科技有限公司"),
        ("date", "2026年3月1日"),
        ("money", "人民币37,800元"),
        ("person", "李明"),
        ("phone", "13800138000"),
        ("email", "li@example.com"),
        ("place", "云岭市白鹭路12号"),
        ("number", "3%"),
    }
    assert all(CONTRACT[one.citation.start : one.citation.end] == one.value for one in found)
    assert {one.normal for one in found} >= {"2026-03-01", "37800 元", "3 %"}


def test_a_name_begins_behind_the_words_that_lead_to_it():
    text = "货物送至云岭市白鹭路5号，单据寄往望山大学，由其转交青石印刷厂。"
    found = {one.value for one in Entities().by_rules(target(text), Given(), Tools())}
    assert found == {"云岭市白鹭路5号", "望山大学", "青石印刷厂"}


@pytest.mark.parametrize("text", ["", "没有任何名称的一句话。", "详见1350.", "本公司如下。"])
def test_nothing_is_found_where_nothing_is_named(text):
    assert Entities().by_rules(target(text), Given(), Tools()) == []


def test_a_models_names_count_only_where_they_stand_in_the_text():
    reply = json.dumps({"person": ["李明", "张三"], "organisation": "无", "place": []})
    found = Entities().by_model(target("李明来信。"), Given(), replying(reply))
    assert [one.value for one in found] == ["李明"]


@pytest.mark.parametrize("reply", ["", "{", "好的：[1]", '{"keywords": 3}'])
def test_a_reply_in_no_form_falls_back_on_rules(reply):
    words = Keywords().by_model(target("温室的番茄要灌溉，番茄喜光。"), Given(), replying(reply))
    assert "番茄" in [one.value for one in words]


def test_a_statement_is_held_against_the_nearest_sentence():
    def verdict(text):
        (one,) = Follows().by_rules(
            target("每月租金为5000元。押金另付。"), Given(text=text), Tools()
        )
        return one.value

    assert verdict("租金每月5000元。") == "follows"
    assert verdict("每月租金为6000元。") == "contradicts"
    assert verdict("机器重两千克。") == "not_said"


def test_other_numbers_are_never_the_same():
    def verdict(text):
        (one,) = Similar().by_rules(target("每月租金为5000元。"), Given(text=text), Tools())
        return one.value

    assert verdict("每月租金为五千元。") == "same"
    assert verdict("每月租金为6000元。") == "related"
    assert verdict("展览明天开幕。") == "different"


def test_a_choice_is_one_of_the_set_in_any_form():
    assert choose("合同 ", ["合同", "发票"]) == "合同"
    assert choose("简历", ["合同", "发票"]) is None


def test_every_task_of_the_registry_opens():
    assert all(entry.load()().columns for entry in TASKS.values())


@pytest.mark.parametrize("task", [Follows(), Similar()])
def test_a_model_with_one_verdict_for_everything_is_not_asked(task):
    said = task.trials[0].value
    words = {"follows": "成立", "same": "相同"}
    assert not task.is_able(replying(json.dumps({"verdict": words[said]})))


def test_a_model_that_knows_the_trial_is_asked():
    verdicts = {"follows": "成立", "contradicts": "矛盾", "not_said": "没有说"}
    known = {trial.other: verdicts[trial.value] for trial in Follows().trials}

    def reply(prompt, schema):
        return json.dumps({"verdict": next(v for text, v in known.items() if text in prompt)})

    assert Follows().is_able(Tools(complete=reply))
