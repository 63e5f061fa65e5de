"""A library of a few Chinese documents."""

from contextlib import contextmanager

from docqa.stores.records.library import Library
from ingest.splitting.split import split
from ingest.types import BlockKind, Extract, Section

TRAVEL = (
    "出差住宿费凭发票报销。北京、上海每晚不超过六百元；其他城市每晚不超过三百五十元。"
    "餐费补贴为每天一百元，当天往返的减半发放。报销单应在出差结束后十五个工作日内提交。"
)
LEAVE = (
    "员工累计工作满一年不满十年的，年休假为八天。病假须在当天上午十点前通知主管。"
    "试用期为三个月，试用期内不得申请远程办公。"
)
TEAPOT = (
    "T3-800 的容量为 800 毫升，额定功率 1350 瓦。整机保修 24 个月，滤网不在保修范围内。"
    "绿茶模式的水温为 80℃。恢复出厂设置须同时按住电源键和模式键 10 秒。"
)


def extract(*paragraphs: str) -> Extract:
    text, sections = "", []
    for paragraph in paragraphs:
        text += "\n" if text else ""
        sections.append(Section(len(text), len(text) + len(paragraph), BlockKind.PARAGRAPH, 1, ()))
        text += paragraph
    return Extract(text, tuple(sections))


def fill(library: Library, documents: dict[str, str], size: int = 300) -> None:
    with library.write_lock():
        for path, text in documents.items():
            read = extract(*text.split("\n"))
            library.add_document(path, read, split(read, size))


@contextmanager
def default_library(home, documents):
    """The default library of a home, with these documents."""
    with Library.open(home / "libraries" / "default", create=True) as library:
        fill(library, documents)
        yield library


def open_filled(path) -> Library:
    """A new library that holds the three texts."""
    library = Library.open(path, create=True)
    fill(library, {"差旅.txt": TRAVEL, "假期.txt": LEAVE, "茶壶.txt": TEAPOT})
    return library


def add(library: Library, name: str, text: str, size: int = 300) -> int:
    section = Section(0, len(text), BlockKind.PARAGRAPH, None, ())
    extract = Extract(text, (section,))
    return library.add_document(name, extract, split(extract, size))


def done(events):
    """The answer at the end of events."""
    return list(events)[-1].answer
