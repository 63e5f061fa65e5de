"""A way of doing something is quoted with all its steps."""

import pytest

from docqa.answer.quoting.features import Candidate
from docqa.answer.quoting.ranking import Rated, choose, growth_for
from docqa.answer.quoting.steps import find_steps
from docqa.types import AskRequest, Found, Passage, Why
from tests.support.small_library import done, fill

STEPS = "1. 拔下电源。\n2. 取出滤网。\n3. 用清水冲洗，晾干后装回。"
TEXT = f"滤网每月洗一次。清洗滤网：\n{STEPS}\n滤网不可用洗涤剂洗。"


@pytest.mark.parametrize(
    ("span", "longest", "quoted"),
    [
        ("2. 取出滤网。", 100, f"滤网每月洗一次。清洗滤网：\n{STEPS}"),
        ("清洗滤网：", 100, f"滤网每月洗一次。清洗滤网：\n{STEPS}"),
        ("滤网不可用洗涤剂洗。", 100, None),
        ("1. 拔下电源。", 32, "滤网每月洗一次。清洗滤网：\n1. 拔下电源。\n2. 取出滤网。"),
        ("3. 用清水冲洗，晾干后装回。", 32, None),
    ],
)
def test_the_steps_that_a_span_is_among(span, longest, quoted):
    start = TEXT.index(span)
    found = find_steps(TEXT, start, start + len(span), longest)
    assert (TEXT[slice(*found)] if found else None) == quoted


def test_one_item_alone_is_no_way():
    assert find_steps("注意：\n1. 勿湿手操作。\n完。", 4, 12, 100) is None


def test_bullets_are_steps_only_where_they_are_introduced():
    bullets = "- 修复：闪退。\n- 新增：密码。"
    assert find_steps(f"四月更新\n{bullets}", 5, 13, 100) is None
    introduced = f"请这样做：\n{bullets}"
    assert find_steps(introduced, 6, 14, 100) == (0, len(introduced))


LONG = """更换滤芯请按下列步骤：
1. 关闭净化器并拔下电源，等待风扇完全停下，大约需要一分钟；机器没有停稳时打开前盖会损坏叶片。
2. 双手握住前盖上部两侧的凹槽，向身体方向轻拉，听到咔的一声后把前盖向上取下，放在平整处。
3. 拉住旧滤芯上的布带，把旧滤芯水平取出，用干布擦去机身内的积灰，不要用湿布或者酒精擦拭。
4. 拆去新滤芯的塑料包装，有箭头的一面朝外装入，到底后按压四角，再把前盖的下沿先装回卡槽。
5. 插上电源，长按复位键五秒，屏幕上的滤芯寿命回到百分之百，更换就完成了，旧滤芯按干垃圾处理。
"""


@pytest.mark.parametrize(("question", "steps"), [("怎么更换滤芯？", 5), ("复位键要长按几秒？", 1)])
def test_steps_are_quoted_whole_where_a_way_is_asked_for(engine, library, question, steps):
    fill(library, {"净化器.txt": LONG})
    quote = done(engine.ask(AskRequest(question))).citations[0].quote
    assert sum(f"{n}. " in quote for n in range(1, 6)) == steps


def test_no_step_is_quoted_twice():
    text = "滤芯可以自己更换。\n1. 拔下电源。\n2. 取出滤芯。"
    found = Found(1, 1.0, Passage(1, 1, "净化器.txt", 0, 0, len(text), text), Why())
    spans = [(text.index(one), text.index(one) + len(one)) for one in text.split("\n")]
    likely = (0.3, 0.5, 0.2)
    rated = [
        Rated(Candidate(found, *span, *span), odds)
        for span, odds in zip(spans, likely, strict=True)
    ]
    quotes = choose(rated, 3, growth_for("怎么更换滤芯？"))
    assert [one.text for one in quotes] == [text.partition("\n")[2], "滤芯可以自己更换。"]
