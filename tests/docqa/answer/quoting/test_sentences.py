"""What of a passage can be quoted."""

import pytest

from docqa.answer.quoting.sentences import head_of_table, leans_back, lists, quotable
from docqa.types import Passage


def _quoted(
    text: str, heading: tuple[str, ...] = (), start: int = 1, goes_on: bool = True
) -> list[str]:
    passage = Passage(
        id=1,
        document_id=1,
        document="样例.txt",
        ordinal=0,
        start=start,
        end=start + len(text),
        text=text,
        page=None,
        heading=heading,
    )
    return [text[a:b] for a, b in quotable(passage, goes_on)]


def test_headings_are_not_quoted() -> None:
    assert _quoted("第四条 付款方式\n甲方应在五日内付清全部价款。") == [
        "甲方应在五日内付清全部价款。"
    ]
    assert _quoted("卷二　製茶\n殺青溫度約為攝氏二百六十度。") == ["殺青溫度約為攝氏二百六十度。"]
    assert _quoted("5. Termination\nThe notice period is one month.") == [
        "The notice period is one month."
    ]
    assert _quoted("3.1 错误码\n\n表示超时。", ("手册", "3.1 错误码")) == ["表示超时。"]


def test_a_title_is_quoted_from_no_document() -> None:
    assert _quoted("学生公寓管理条例", start=0) == []
    assert _quoted("产品: 传感器\n型号: TH-22B", start=0) == ["产品: 传感器", "型号: TH-22B"]


def test_a_title_of_two_lines_is_quoted_from_no_document() -> None:
    judgement = "清河区人民法院\n民事判决书\n案号：清民初字第三号\n准予解除合同。"
    assert _quoted(judgement, start=0) == ["案号：清民初字第三号", "准予解除合同。"]
    assert _quoted("库房须知\n钥匙在前台\n电话在门上", start=0) == ["钥匙在前台", "电话在门上"]


def test_a_heading_that_ends_a_passage_is_not_quoted() -> None:
    assert _quoted("不接受联合体投标。\n三、招标文件的获取") == ["不接受联合体投标。"]
    assert _quoted("二、苹果\n三、梨") == ["二、苹果", "三、梨"]
    assert _quoted("水果：梨。\n三、苹果", goes_on=False)[-1] == "三、苹果"


def test_the_head_of_a_quoted_mail_is_not_quoted() -> None:
    assert _quoted("> 发件人：姚磊\n> 时间：5月12日 11:20\n> 建议24日晚上出发。") == [
        "> 建议24日晚上出发。"
    ]


def test_the_only_line_of_a_document_is_no_title() -> None:
    assert _quoted("库房钥匙在前台", start=0, goes_on=False) == ["库房钥匙在前台"]


def test_an_article_on_one_line_is_quoted_with_its_number() -> None:
    assert _quoted("第七条 空调由学校统一安装。\n第八条 禁止吸烟。") == [
        "第七条 空调由学校统一安装。",
        "第八条 禁止吸烟。",
    ]


def test_numbered_items_without_full_stops_are_quoted() -> None:
    assert _quoted("1. 主频1.2GHz，四核\n2. 支持32路输入\n3. 质保两年") == [
        "1. 主频1.2GHz，四核",
        "2. 支持32路输入",
        "3. 质保两年",
    ]
    assert _quoted("24小时热线\n电话是八八一九，节假日也有人值守。")[0] == "24小时热线"


def test_a_list_keeps_the_words_that_introduce_it() -> None:
    text = "第六条 住宿学生不得有下列行为：\n（一）留宿外来人员；\n（二）饲养宠物。\n违者予以警告。"
    assert _quoted(text) == [text.removesuffix("\n违者予以警告。"), "违者予以警告。"]
    assert _quoted("须携带：\n- 身份证\n- 录取通知书\n当天办结。") == [
        "须携带：\n- 身份证\n- 录取通知书",
        "当天办结。",
    ]


def test_an_introduction_without_its_list_is_not_quoted() -> None:
    assert _quoted("办理退宿的，退还押金。\n有下列情形的，不予退还：") == ["办理退宿的，退还押金。"]


def test_a_question_is_quoted_with_its_answer() -> None:
    assert _quoted("问：多久发货？\n答：48小时内发货。") == ["问：多久发货？\n答：48小时内发货。"]


def test_an_answer_on_the_line_of_its_question_is_quoted_whole_with_it() -> None:
    text = "问：能开发票吗？ 答：可以。签收后七天内寄出。"
    assert _quoted(text) == [text]
    assert _quoted(f"{text}问：包邮吗？答：包邮。") == [text, "问：包邮吗？答：包邮。"]
    assert _quoted(f"{text}\n附件另寄。") == [text, "附件另寄。"]


def test_whom_a_letter_addresses_is_not_quoted() -> None:
    assert _quoted("各部门：\n年会定于周五举行。") == ["年会定于周五举行。"]


def test_what_only_frames_a_document_is_not_quoted() -> None:
    assert _quoted("甲方（盖章）：    乙方（盖章）：\n签订日期：2025年8月20日") == [
        "签订日期：2025年8月20日"
    ]
    assert _quoted("Date: Mon, 21 Sep 2026\n会议改到周五。\n此致\n敬礼") == ["会议改到周五。"]
    assert _quoted("第一章 总则……………12\n本办法自即日起执行。") == ["本办法自即日起执行。"]


def test_a_line_that_asks_to_run_something_keeps_the_command() -> None:
    assert _quoted("要列出软件包，请执行\ndpkg -l") == ["要列出软件包，请执行\ndpkg -l"]


def test_a_list_is_found_with_the_line_above_it() -> None:
    text = "会议决议\n1. 成立小组。\n2. 压缩预算。\n散会。"
    passage = Passage(1, 1, "纪要.txt", 0, 1, 1 + len(text), text)
    (found,) = lists(passage, quotable(passage))
    assert text[slice(*found)] == "会议决议\n1. 成立小组。\n2. 压缩预算。"


def test_articles_are_no_list() -> None:
    text = "第一条 禁止吸烟。\n第二条 禁止喧哗。"
    passage = Passage(1, 1, "规定.txt", 0, 1, 1 + len(text), text)
    assert not list(lists(passage, quotable(passage)))


@pytest.mark.parametrize(
    "sentence",
    ["它的优点是轻。", "該公司位於臺北。", "其在科创板上市。", "但需提前申请。", "It was founded."],
)
def test_these_speak_of_the_sentence_before(sentence) -> None:
    assert leans_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "其他城市不超过三百元。",
        "其实不然。",
        "他人不得进入。",
        "这里禁止停车。",
        "Items are listed.",
    ],
)
def test_these_do_not(sentence) -> None:
    assert not leans_back(sentence)


def test_the_head_of_a_table_is_not_quoted() -> None:
    assert _quoted("区域 | 电话\nA楼 | 8801\nB楼 | 8802") == ["A楼 | 8801", "B楼 | 8802"]


def test_a_row_is_read_under_the_head_of_its_table() -> None:
    table = "检测报告\n项目 | 结果\n铅 | 0.003\n砷 | 0.014"
    assert head_of_table(table, "砷 | 0.014") == "项目 | 结果"
    assert head_of_table(table, "检测报告") == ""


def test_what_somebody_says_is_quoted_whole() -> None:
    said = "他在信里写道：“雨停了。路还湿着。明天再走。”"
    assert _quoted(f"{said}第二天他走了。") == [said, "第二天他走了。"]


def test_commands_that_belong_together_are_quoted_together() -> None:
    for introduction in ("公钥登录这样设置：", "在本地生成密钥对，并安装公钥。"):
        commands = f"{introduction}\n\n$ ssh-keygen -t ed25519\n\n$ cat id.pub | ssh host"
        assert _quoted(f"{commands}\n\n此后登录不再询问口令。") == [
            commands,
            "此后登录不再询问口令。",
        ]
    bare = "用下列命令安装。\napt update\napt install nginx"
    assert _quoted(f"{bare}\n装好后即可使用。") == [bare, "装好后即可使用。"]


def test_a_command_with_a_pipe_is_no_row() -> None:
    command = "$ cat id.pub | ssh host"
    assert head_of_table(f"甲 | 乙\n1 | 2\n{command}", command) == ""
    assert head_of_table(f"{command}\n甲 | 乙\n1 | 2", "1 | 2") == "甲 | 乙"


def test_a_name_under_a_sentence_is_no_command() -> None:
    assert _quoted("它用来分区。\ncfdisk\n全屏幕的磁盘分区程序。")[0] == "它用来分区。"


def test_rows_under_an_introduction_are_no_commands() -> None:
    assert _quoted("价目如下：\nA-1 | 20\nB-2 | 35")[-1] == "B-2 | 35"


def test_a_row_with_full_stops_is_one_row_and_the_next_is_no_head():
    rows = ["事项 | 说明", "退货 | 包装完好；发票齐全。", "换货 | 质量问题。", "维修 | 免费"]
    text = "\n".join(rows)
    passage = Passage(1, 1, "售后.md", 0, 0, len(text), text)
    assert [text[slice(*span)] for span in quotable(passage)] == rows[1:]
