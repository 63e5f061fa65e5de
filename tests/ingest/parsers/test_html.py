import pytest

from ingest.errors import FileUnreadable
from ingest.types import BlockKind
from tests.support.reading import outline, read, texts


def test_headings_paragraphs_and_title():
    extract = read("a.html", "<title>茶 壶</title><h1>一</h1><p>甲</p><h2>二</h2><p>乙</p>")
    assert extract.title == "茶 壶"
    assert outline(extract) == [("一",), ("一", "二")]
    assert texts(extract, BlockKind.PARAGRAPH) == ["甲", "乙"]


def test_source_lines_are_joined_and_breaks_kept():
    extract = read(
        "a.html", "<p>这是第一行，\n   继续<b>同一</b>句。<br>换行 and\nEnglish words</p>"
    )
    assert extract.text == "这是第一行，继续同一句。\n换行 and English words"


def test_what_is_no_content_is_left_out():
    page = (
        "<nav>导航</nav><script>var 甲</script><style>乙</style><p hidden>藏</p>"
        "<div style='display: none'>隐</div><p>正文</p><!-- 注 -->"
    )
    assert read("a.html", page).text == "正文"


NEWS = """<body><div id=header class=topHeader><ul class=menu><li><a href=/>首页</a></li>
<li><a href=/a>时政</a></li></ul></div>
<div>您现在的位置：<a href=/>首页</a> &gt; <a href=/b>社会</a> &gt; 正文</div>
<div class=article><h1>地铁四号线开通</h1><div class="info header">来源：日报 2024-05-18</div>
<p>首日客流三十一万。</p><p>详见<a href=/x>票价公告</a>。</p></div>
<div class="side-bar"><h3>热门</h3><ul><li><a href=/1>新建公园</a></li></ul></div>
<div class=share>分享到：<a>微信</a><a>微博</a></div>
<div class=foot-nav><p><a>关于我们</a> | <a>联系我们</a></p></div>
<p>版权所有 © 2003-2024 新闻网</p><p>某ICP备05000001号</p></body>"""


def test_what_stands_around_the_text_of_a_page_is_left_out():
    assert texts(read("a.html", NEWS)) == [
        "地铁四号线开通", "来源：日报 2024-05-18", "首日客流三十一万。", "详见票价公告。",
    ]  # fmt: skip


def test_a_page_of_links_alone_is_read_as_it_stands():
    page = "<div class=nav><a href=1>第一章</a><a href=2>第二章</a></div>"
    assert read("a.html", page).text == "第一章第二章"


def test_control_characters_do_not_stop_the_clearing_of_a_page():
    page = "<p>前文</p><div class=breadcrumb>首页</div>\x01后文<footer>页脚</footer>" + " " * 300
    assert texts(read("a.html", page)) == ["前文", "后文"]


def test_the_heading_of_a_page_stays_wherever_it_stands():
    page = (
        "<header><h1>总则</h1></header><article><p>正文。</p><footer>注：草案。</footer></article>"
    )
    assert texts(read("a.html", page)) == ["总则", "正文。", "注：草案。"]


def test_an_edit_link_is_no_part_of_a_heading():
    page = '<h2>历史<span class="mw-editsection">[<a>编辑</a>]</span></h2><p>正文。</p>'
    assert outline(read("a.html", page)) == [("历史",)]


def test_a_cell_that_reaches_down_speaks_for_each_row():
    page = (
        "<table><tr><th>部门<th>姓名<tr><td rowspan=2>研发<td>甲某<tr><td>乙某"
        "<tr><td>行政<td rowspan=x>丙某</table>"
    )
    assert read("a.html", page).text == "部门 | 姓名\n研发 | 甲某\n研发 | 乙某\n行政 | 丙某"


def test_lists_keep_their_items_and_numbers():
    page = (
        "<ul><li>甲<ul><li>子</li></ul></li><li>乙</li></ul><ol start=3><li>丙</li><li>丁</li></ol>"
    )
    assert read("a.html", page).text == "- 甲\n- 子\n- 乙\n3. 丙\n4. 丁"


def test_tables_are_rows_and_layout_tables_are_not():
    data = "<table><tr><th>名<th>值<tr><td>甲<td>1</table>"
    layout = f"<table><tr><td><h1>题</h1><p>文</p></td><td>{data}</td></tr></table>"
    assert texts(read("a.html", data)) == ["名 | 值\n甲 | 1"]
    assert texts(read("a.html", layout)) == ["题", "文", "名 | 值\n甲 | 1"]


def test_preformatted_text_is_kept():
    assert texts(read("a.html", "<pre>x = 1\n  y = 2</pre>"), BlockKind.CODE) == ["x = 1\n  y = 2"]


@pytest.mark.parametrize("name", ["gbk", "gb2312", "big5", "utf-8"])
def test_the_declared_encoding_counts(name):
    page = (
        f"<meta charset='{name}'><p>中文內容</p>"
        if name == "big5"
        else f"<meta charset={name}><p>中文内容</p>"
    )
    extract = read("a.html", page.encode(name))
    assert extract.text in ("中文内容", "中文內容")


def test_a_wrongly_declared_encoding_does_not():
    page = "<meta charset='gb2312'><p>这个网页其实是另一种编码。</p>"
    assert read("a.html", page.encode()).text == "这个网页其实是另一种编码。"


def test_a_web_page_named_as_a_word_document_is_read():
    extract = read("a.doc", "<html><body><p>导出的网页</p></body></html>")
    assert (extract.text, extract.notes) == ("导出的网页", ("wrong_suffix",))


def test_deep_nesting_is_no_trap():
    assert read("a.html", "<div>" * 1_000 + "底").text == "底"
    assert read("a.html", "<div>" * 50_000 + "底").text == "底"


def test_entities_do_not_grow():
    bomb = "<!DOCTYPE x [<!ENTITY a '哈'><!ENTITY b '&a;&a;&a;'>]><p>文&b;</p>"
    assert len(read("a.html", bomb).text) < 60


@pytest.mark.parametrize("page", ["<html></html>", "<p></p>", "<script>x</script>", "<!-- -->"])
def test_a_page_without_words_is_an_error(page):
    with pytest.raises(FileUnreadable, match="no_text"):
        read("a.html", page)


def test_xml_gives_its_text_and_keeps_bombs_shut():
    assert texts(read("a.xml", "<a><title>题</title><p>一<b>二</b>三</p></a>")) == ["题", "一二三"]
    bomb = "<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><a>&b;</a>"
    with pytest.raises(FileUnreadable, match="xml_entities"):
        read("a.xml", bomb)


def test_words_in_attributes_count_where_an_element_holds_no_others():
    page = (
        '<opml><head><title>书单</title></head><body><outline text="茶经" id="x1"/></body></opml>'
    )
    assert texts(read("a.opml", page)) == ["书单", "茶经"]
    book = "<fb><section><title><p>第一回</p></title><p>话说。</p></section></fb>"
    assert outline(read("a.fb2", book)) == [("第一回",)]


def test_foreign_files_are_not_pulled_in(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    source = f"<!DOCTYPE a [<!ENTITY x SYSTEM 'file://{secret}'>]><a>文&x;</a>"
    assert "机密" not in read("a.xml", source).text
