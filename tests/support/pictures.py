"""Draws the pictures of the README from the running chat: `python -m tests.support.pictures`."""

import asyncio
import os
import re
import shutil
import tempfile
from html import escape, unescape
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len

FOLDER = Path(__file__).resolve().parents[2] / ".github" / "images"
QUESTION = "去上海出差，住宿费每晚最多报销多少？"
# Width of a cell in Rich's pictures.
CELL = 12.2
# How long each step of the walk is seen.
SECONDS = 5
LINE = re.compile(r'<text ([^>]*?)x="([^"]*)" (y="[^"]*") textLength="[^"]*"([^>]*)>([^<]*)</text>')
# Fonts that a browser finds by itself: the exported ones would be fetched from elsewhere.
FONTS = (
    "Menlo,Consolas,'DejaVu Sans Mono','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',monospace"
)


async def draw(theme: str) -> dict[str, str]:
    """The pictures in one theme, by name."""
    # Imported here: the home has to be chosen first.
    from docqa.settings import InterfaceSettings, LibrarySettings
    from tests.support.chat import chatting

    groups = {
        "interface": InterfaceSettings(theme=theme),
        "library": LibrarySettings(name="demo"),
    }
    pictures = {}
    async with chatting(size=(120, 34), groups=groups, new=True) as chat:
        chat.prompt.cursor_blink = False
        # The questions that the first screen offers come last.
        await chat.until(lambda: "？" in chat.painted())
        pictures["start"] = chat.app.export_screenshot(title="docqa chat")
        await chat.ask(QUESTION)
        await chat.ask("T3 茶壶保修多久？")
        pictures["chat"] = chat.app.export_screenshot(title="docqa chat")
        await chat.press("ctrl+s", "enter")
        await chat.until(lambda: "%" in chat.painted())
        pictures["reader"] = chat.app.export_screenshot(title="docqa chat")
        await chat.press("escape", "f3")
        await chat.until(lambda: "docx" in chat.painted())
        pictures["library"] = chat.app.export_screenshot(title="docqa chat")
    return pictures


def standalone(picture: str) -> str:
    """The picture without anything that a viewer would have to fetch, wide characters as wide."""
    # Where this checkout lies is nobody's business.
    picture = picture.replace(str(FOLDER.parents[1]), "~/docqa")
    picture = re.sub(r"@font-face\s*{[^}]*}", "", picture)
    picture = re.sub(r"font-family:\s*[^;]*monospace", f"font-family: {FONTS}", picture)
    return re.sub(
        r'<text ([^>]*?)x="([^"]*)" (y="[^"]*") textLength="[^"]*"([^>]*)>([^<]*)</text>',
        _runs,
        picture,
    )


def walk(pictures: list[str]) -> str:
    """One picture that shows the others in turn, some seconds each."""
    seconds = SECONDS * len(pictures)
    view = re.search(r'viewBox="[^"]*"', pictures[0])
    assert view
    style = (
        f".step{{visibility:hidden;animation:show {seconds}s infinite}}"
        f"@keyframes show{{0%{{visibility:visible}}{100 / len(pictures):g}%{{visibility:hidden}}}}"
    )
    steps = "".join(
        f'<g class="step" style="animation-delay:{n * SECONDS}s">{picture}</g>'
        for n, picture in enumerate(pictures)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view[0]}><style>{style}</style>{steps}</svg>'


def _runs(text: re.Match[str]) -> str:
    """A line in pieces of one width each: Rich would squeeze Chinese to half, or spread Latin."""
    before, x, y, after, content = text.groups()
    left, drawn = float(x), ""
    for width, run in groupby(unescape(content), cell_len):
        piece = "".join(run)
        length = CELL * width * len(piece)
        drawn += (
            f'<text {before}x="{left:g}" {y} textLength="{length:g}"{after}>{escape(piece)}</text>'
        )
        left += length
    return drawn


def main() -> None:
    """Draw everything, light and dark."""
    from docqa.cli import run
    from docqa.messages import use_language

    home = tempfile.mkdtemp(prefix="docqa-pictures-")
    os.environ["DOCQA_HOME"] = home
    try:
        assert run(["demo"]) == 0
        use_language("zh")
        FOLDER.mkdir(parents=True, exist_ok=True)
        for theme, ending in (("docqa-dark", ""), ("docqa-light", "-light")):
            drawn = {name: standalone(one) for name, one in asyncio.run(draw(theme)).items()}
            drawn["walk"] = walk(list(drawn.values()))
            for name, picture in drawn.items():
                file = FOLDER / f"{name}{ending}.svg"
                file.write_text(picture, encoding="utf-8")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
