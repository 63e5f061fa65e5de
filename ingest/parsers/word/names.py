"""How the parts of a Word file are parsed, and what their elements are called."""

from lxml import etree

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    remove_blank_text=True,
    remove_comments=True,
    remove_pis=True,
)


def w(name: str) -> str:
    """An element's or attribute's name in Word's own namespace."""
    return f"{{{_WORD}}}{name}"
