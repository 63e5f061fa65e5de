from ingest.types import BlockKind
from tests.ingest.reading import outline, read, texts

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
