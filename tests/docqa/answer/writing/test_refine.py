"""Group after group improves an answer: every passage is shown, and nothing good is lost."""

import pytest
from langchain_core.callbacks import BaseCallbackHandler

from docqa.answer.writing.refine import _improves, refine
from docqa.answer.writing.state import Standalone
from docqa.types import AnswerMode, AnswerStatus, AskRequest, ContextPacked, Done, Progress
from tests.support.small_library import fill

QUESTION = "仓库的保管员每天清点货物并登记什么台账？"
REFUSED = "文档中没有找到这个问题的答案。"


class Prompts(BaseCallbackHandler):
    """What the model was asked, prompt by prompt."""

    def __init__(self):
        self.texts = []

    def on_chat_model_start(self, serialized, messages, **kwargs):
        self.texts.append("\n".join(str(message.text) for message in messages[0]))


def rules(numbers):
    return "\n".join(f"第{n}号仓库的保管员每天清点货物，并登记第{n}号台账。" for n in numbers)


@pytest.fixture
def asking(echo, library):
    """Asks about a document whose passages do not fit the window together."""
    echo.use_settings(model_context=600, model_max_tokens=60)

    def ask(text, cancelled=None):
        fill(library, {"仓库.txt": text}, size=60)
        heard = Prompts()
        request = AskRequest(
            QUESTION, k=20, mode=AnswerMode.REFINE, scope=("仓库.txt",), save=False
        )
        return list(echo.ask(request, cancelled, {"callbacks": [heard]})), heard.texts

    return ask


def test_later_groups_are_shown_with_the_answer_so_far(asking):
    events, prompts = asking(rules(range(1, 25)))
    steps = [event.done for event in events if isinstance(event, Progress)]
    assert steps == list(range(1, len(steps) + 1)) and 1 < len(steps) <= 6
    # Each further prompt holds passages that none before it held.
    shown = [{n for n in range(1, 25) if f"登记第{n}号" in prompt} for prompt in prompts]
    assert len(prompts) == len(steps) and all(later - shown[0] for later in shown[1:])
    assert "号台账" in events[-1].answer.text


def test_one_group_is_answered_without_further_steps(asking):
    events, prompts = asking(rules(range(1, 3)))
    assert not [event for event in events if isinstance(event, Progress)]
    assert len(prompts) == 1 and events[-1].answer.status is AnswerStatus.ANSWERED


def test_a_later_refusal_does_not_take_the_answer_away(asking):
    # The echo engine repeats the first sentences that it is shown: those of later groups refuse.
    bad = "\n".join(f"{REFUSED}保管员的旧台账{n}。" for n in range(30))
    between = "\n".join(f"今天是晴天，第{n}天。" for n in range(60))
    events, prompts = asking(f"{rules(range(1, 9))}\n{between}\n{bad}")
    assert "登记第" in prompts[0] and "旧台账" in prompts[-1] and len(prompts) > 1
    answer = events[-1].answer
    assert answer.status is AnswerStatus.ANSWERED and "号台账" in answer.text


def test_a_stop_ends_it_with_the_group_at_hand(asking):
    seen = []
    events, prompts = asking(rules(range(1, 25)), lambda: len(seen) > 0 or seen.append(1))
    assert isinstance(events[-1], Done) and len(prompts) <= 1


def test_nothing_found_is_nothing_written(echo, library):
    # With more than the window holds: less than that is read whole, whatever was found.
    fill(library, {"仓库.txt": rules(range(1, 60))}, size=60)
    echo.use_settings(model_context=600, model_max_tokens=60)
    request = AskRequest("唐朝的皇帝是谁？", mode=AnswerMode.REFINE, save=False)
    events = list(echo.ask(request))
    assert not [event for event in events if isinstance(event, ContextPacked)]
    assert events[-1].answer.status is AnswerStatus.NOT_FOUND


def test_the_loop_hands_out_the_pieces_of_the_chain(echo, library):
    """The same keys in the same order as the LangChain chain gives them."""
    handed = []
    real = refine

    def listen(work, cancelled, config=None):
        for part in real(work, cancelled, config):
            handed.append(next(iter(part)) if isinstance(part, dict) else type(part).__name__)
            yield part

    from docqa.answer.writing import writer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "refine", listen)
        list(echo.ask(AskRequest("试用期几个月？", mode=AnswerMode.REFINE, save=False)))
    assert handed[:3] == ["question", "result", "packed"] and set(handed[3:]) == {"reply"}


FIRST = "请假须提前一天告诉带教老师；连续三天以上，还要让学校导师知道。"


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [
        (FIRST, f"{FIRST}期末考试可以集中请假，最多十个工作日。", True),
        (FIRST, "期末考试可以集中请假，最多十个工作日。", False),
        (FIRST, f"{FIRST}\n资料（手册.md > 休假）：休假\n婚假十三天。", False),
        (FIRST, f"{FIRST}\n\n目前的回答：\n{FIRST}", False),
        (FIRST, f"{FIRST}新的资料说，婚假十三天。", False),
        (FIRST, REFUSED, False),
        (REFUSED, "期末考试可以集中请假，最多十个工作日。", True),
    ],
)
def test_a_later_answer_must_keep_what_the_one_before_said(before, after, better):
    assert _improves(before, after, Standalone("实习生请假有哪些规定？")) is better
