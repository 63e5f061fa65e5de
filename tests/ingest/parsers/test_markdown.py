import time

import pytest

from ingest.types import BlockKind
from tests.support.reading import outline, read, texts

SOURCE = """---
title: "操作手册"
---
# 总览
这是**重要**的说明，见[文档](https://example.org/a)，
第二行继续。

- 第一项
  续行
- 第二项

| 名称 | 数量 |
|---|--:|
| 苹果 | 3 |
| 梨 \\| 桃 | 4 |

```python
def f():  # 注释

    return 1
```

第二节
------
变量 a_b_c 与 `code`。
"""


def test_front_matter_names_the_document():
    assert read("a.md", SOURCE).title == "操作手册"


def test_the_first_top_heading_names_it_otherwise():
    assert read("a.md", "# 手册\n\n正文").title == "手册"


def test_headings_of_both_kinds_make_the_path():
    assert outline(read("a.md", SOURCE)) == [("总览",), ("总览", "第二节")]


def test_paragraphs_lose_marks_and_line_breaks():
    paragraphs = texts(read("a.md", SOURCE), BlockKind.PARAGRAPH)
    assert paragraphs[0] == "这是重要的说明，见文档 (https://example.org/a)，第二行继续。"
    assert paragraphs[1] == "变量 a_b_c 与 code。"


def test_lines_of_a_form_stay_apart():
    form = "时间：5月6日 14:00\n**主持**：顾明远\n议程： 先谈发布，\n再谈预算"
    assert texts(read("a.md", form)) == [
        "时间：5月6日 14:00\n主持：顾明远\n议程： 先谈发布，再谈预算"
    ]
    address = "见\nhttps://example.org/a"
    assert texts(read("a.md", address)) == ["见https://example.org/a"]


def test_lists_keep_their_items_as_lines():
    assert texts(read("a.md", SOURCE), BlockKind.LIST) == ["- 第一项续行\n- 第二项"]


def test_tables_are_rows_under_their_header():
    assert texts(read("a.md", SOURCE), BlockKind.TABLE) == ["名称 | 数量\n苹果 | 3\n梨 | 桃 | 4"]


def test_fenced_code_is_kept_as_it_is():
    assert texts(read("a.md", SOURCE), BlockKind.CODE) == ["def f():  # 注释\n\n    return 1"]


def test_a_hash_within_code_is_no_heading():
    assert outline(read("a.md", "```\n# 不是标题\n```\n\n# 标题")) == [("标题",)]


def test_a_fence_that_never_closes_loses_nothing():
    assert "最后一行" in read("a.md", "```\n代码\n最后一行").text


def test_english_lines_are_joined_by_a_space():
    assert read("a.md", "one\ntwo").text == "one two"


def test_tables_of_tags_are_tables_and_other_tags_are_left_out():
    page = (
        "前文\n<table><tr><td>项目</td><td>金额</td></tr>\n<tr><td>首付</td><td>30</td></tr>\n</table>"
        "\n\n<details><summary>展开</summary>\n\n内容\n\n</details>"
    )
    extract = read("a.md", page)
    assert texts(extract) == ["前文", "项目 | 金额\n首付 | 30", "展开", "内容"]


def test_footnotes_lose_their_marks():
    assert texts(read("a.md", "请阅读[^1]。\n\n[^1]: 以实物为准。")) == ["请阅读。", "以实物为准。"]


def test_headings_without_a_space_are_headings_and_tags_are_not():
    extract = read("a.md", "##安装\n\n#标签 一段\n\n### 步骤 ###\n\n一段")
    assert outline(extract) == [("安装",), ("安装", "步骤")]


@pytest.mark.parametrize("page", ["[" * 50_000 + "](" * 20_000, "*a " * 50_000, "`a``" * 30_000])
def test_a_file_of_marks_alone_takes_no_time(page):
    begun = time.process_time()
    read("a.md", page)
    assert time.process_time() - begun < 10
