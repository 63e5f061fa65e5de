"""Tells headings by the way they are numbered: 第一章, 1.2.3, 一、, Chapter 2."""

import re

LONGEST = 60

_NUMBER = r"[零〇○一二三四五六七八九十百千两\d]+"
_PARTS = {
    "编": 1,
    "部": 1,
    "部分": 1,
    "篇": 1,
    "卷": 1,
    "章": 2,
    "回": 2,
    "讲": 2,
    "单元": 2,
    "节": 3,
}
_PART = re.compile(rf"第\s*{_NUMBER}\s*(部分|单元|[编部篇卷章回讲节])(?![课点目的])")
# An article named in a line of its own, such as 第七条 违约责任; one whose text follows is none.
_NAMED_ARTICLE = re.compile(
    rf"第\s*{_NUMBER}\s*[条條][\s\u3000:：]+(?!.*(?:应|應|不得|可以|必须|须|有权|是指))"
    r"[^\s，。；：,;:]{1,16}$"
)
_ARTICLE = re.compile(
    rf"第\s*{_NUMBER}\s*[条條](?:之[一二三四五六七八九十]{{1,2}})?(?=[\s\u3000:：、])"
)
_DECIMAL = re.compile(r"(\d{1,2}(?:[.．]\d{1,2}){1,4})[.．、]?\s*(?=[^\W\d_])")
_WESTERN = re.compile(r"(?:(part)|chapter|appendix|(section))\s+(?:\d+|[IVXLC]+|[A-Z])\b", re.I)
_APPENDIX = re.compile(rf"(?:附录|附件|附表)\s*(?:[A-Z]|{_NUMBER})?(?:[\s:：]|$)")
_CHINESE = re.compile(r"[一二三四五六七八九十]{1,3}、\s*\S")
_BRACKETED = re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]\s*\S")
_SINGLE = re.compile(r"\d{1,2}(?:[.．、]\s*|\s+)(?=[^\W\d_])")
_NAMED = re.compile(
    r"(?:前言|引言|序言|序|绪论|摘\s*要|目\s*录|结论|结语|总结|参考文献|致谢|附则|后记"
    r"|abstract|introduction|conclusions?|references|preface|contents)$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？；，、：;,!?…]$|\.$|…|[.．·]{3,}")


def heading_level(line: str, *, marked: bool = False) -> int | None:
    """Depth of a numbered heading (1 is the highest), or None where the line is none.

    `marked` says that its type sets the line apart, so that weaker numbering is enough.
    """
    if len(line) > LONGEST or _SENTENCE_END.search(line):
        return None
    if match := _PART.match(line):
        return _PARTS[match.group(1)]
    if _NAMED_ARTICLE.match(line):
        return 4
    if match := _DECIMAL.match(line):
        return 2 + len(re.findall(r"[.．]", match.group(1)))
    if match := _WESTERN.match(line):
        return 1 if match.group(1) else 3 if match.group(2) else 2
    if _APPENDIX.match(line) or _NAMED.match(line):
        return 2
    if _CHINESE.match(line) and (marked or len(line) <= 30):
        return 3
    if marked:
        return 4 if _BRACKETED.match(line) else 2 if _SINGLE.match(line) else None
    return None


def article_of(text: str) -> str | None:
    """The number with which a paragraph begins as an article, such as 第七条."""
    match = _ARTICLE.match(text) if text.startswith("第") else None
    return re.sub(r"\s", "", match.group()) if match else None
