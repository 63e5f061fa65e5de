"""The one form in which statements and passages are compared, and what of it says something."""

import re

from docqa.terms import normal

_PERCENT = re.compile(r"百分之(\d+(?:\.\d+)?)")
_PERMILLE = re.compile(r"千分之(\d+(?:\.\d+)?)")
HAN = re.compile(r"[\u3400-\u9fff]+")
# Words that carry no claim of their own: what is left out or put in when a sentence is reworded.
FUNCTION = re.compile(
    r"根据|资料|文档|文中|显示|提到|指出|可以|可知|因此|所以|因为|由于|以及|其中|并且|而且|同时|"
    r"分别|主要|例如|如下|包括|一种|一个|一些|这个|那个|这些|那些|这一|就是|也是|以下|上述|之一|"
    r"什么|多少|怎么|如何|哪些|哪个|为何|何时|"
    r"[的了是在于和与及对被把将从由为以其这那也都而并或等之有地得着过所就则即该此向到给让使用上下中里内时后前个]"
)


def plain(text: str) -> str:
    """Folded text with its shares in one form: 百分之五 as 5%."""
    return _PERMILLE.sub(r"\1‰", _PERCENT.sub(r"\1%", normal(text)))
