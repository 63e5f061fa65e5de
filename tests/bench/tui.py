"""First paint against a bare Textual app, latency of typing while an answer streams, memory.

Run as `python -m tests.bench.tui`. The answer comes from the echo engine over a real library; the
terminal is Textual's headless driver, so what is measured is docqa and Textual, not a terminal.
With `--against PATH` only the first paint and what a typed key costs until it is painted, of this
checkout and of another in turn, by the processor's time, which a busy machine does not stretch.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

_FIRST_PAINT = """
import sys, time
began, computing = time.perf_counter(), time.process_time()
{make}
def painted():
    seconds = time.perf_counter() - began, time.process_time() - computing
    sys.stdout.write("{{:.4f}} {{:.4f}}\\n".format(*seconds))
    app.exit()
class Timed(type(app)):
    def on_ready(self):
        self.screen.call_after_refresh(painted)
app.__class__ = Timed
app.run(headless=True, size=(120, 40))
"""
_BARE = """
from textual.app import App
from textual.widgets import Footer, Static, TextArea
class Bare(App):
    def compose(self):
        yield Static("hello")
        yield TextArea()
        yield Footer()
app = Bare()
"""
_DOCQA = """
from docqa.configuration import load
from docqa.tui.app import DocqaApp
settings = load().settings
def open_engine():
    from docqa.engine import Engine
    return Engine(settings)
app = DocqaApp(open_engine, settings)
"""
_KEYS = """
import asyncio, os, sys, time
{make}
# The engine, which opens behind, would be measured as well.
app._open_engine = lambda: time.sleep(600)
async def type_keys():
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"warmed up")
        computing = time.process_time()
        await pilot.press(*"what a key costs" * 10)
        sys.stdout.write("0 {{:.6f}}\\n".format((time.process_time() - computing) / 160))
    sys.stdout.flush()
    os._exit(0)
asyncio.run(type_keys())
"""
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"
_WORDS = 1_500
_TURNS = 200


def main() -> None:
    """Measure, and print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--against", type=Path, metavar="PATH")
    given = options.parse_args()
    rounds = given.rounds
    with tempfile.TemporaryDirectory() as home:
        os.environ["DOCQA_HOME"] = home
        if given.against:
            for name, code in (("first paint", _FIRST_PAINT), ("a typed key", _KEYS)):
                own, other = _computing(rounds, given.against, code)
                times = f"{own / other:.2f} times"
                print(f"{name} computes {own * 1000:.1f} ms, other {other * 1000:.1f} ms: {times}")
            return
        bare, own = _first_paints(rounds)
        print(f"first paint, bare Textual app   {bare:8.3f} s   median of {rounds}")
        print(f"first paint, docqa chat         {own:8.3f} s   {own / bare:.2f} times")
        for name, value in asyncio.run(_session(Path(home))):
            print(f"{name:<32}{value}")


def _first_paints(rounds: int) -> tuple[float, float]:
    times: dict[str, list[float]] = {_BARE: [], _DOCQA: []}
    for _ in range(rounds):
        # In turn, so that a busy moment hits both.
        for make, found in times.items():
            code = _FIRST_PAINT.format(make=make)
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            found.append(float(done.stdout.split()[0]))
    return statistics.median(times[_BARE]), statistics.median(times[_DOCQA])


def _computing(rounds: int, other: Path, measure: str) -> tuple[float, float]:
    """Seconds of processor that something takes, here and in another checkout."""
    roots = (Path(__file__).resolve().parents[2], other.resolve())
    times: dict[Path, list[float]] = {root: [] for root in roots}
    code = measure.format(make=_DOCQA)
    # Compiled, as an installed docqa is: the first round compiles and does not count.
    compiled = {key: value for key, value in os.environ.items() if key != _UNCOMPILED}
    for turn in range(rounds + 1):
        for root, found in times.items():
            done = subprocess.run(
                [sys.executable, "-c", code],
                capture_output=True,
                text=True,
                check=True,
                cwd=root,
                env={**compiled, "PYTHONPATH": str(root)},
            )
            if turn:
                found.append(float(done.stdout.split()[1]))
    return statistics.median(times[roots[0]]), statistics.median(times[roots[1]])


async def _session(home: Path) -> list[tuple[str, str]]:
    from docqa.engine import Engine
    from docqa.settings import ModelSettings, Settings
    from docqa.tui.app import DocqaApp
    from docqa.types import AskRequest, Token

    class Writer(Engine):
        """The echo engine, each of its answers drawn out to 3,000 tokens at 60 a second."""

        def ask(self, request, cancelled=None, config=None):
            for event in super().ask(request, cancelled, config):
                if isinstance(event, Token):
                    continue
                if type(event).__name__ == "Cited":
                    continue
                if type(event).__name__ == "Done":
                    yield from self._tokens()
                yield event

        def _tokens(self):
            for number in range(_WORDS):
                time.sleep(1 / 60)
                yield Token("一段很长的回答，")
                yield Token("\n\n" if number % 20 == 19 else f"含**重点**{number}[1]。")

    settings = Settings(model=ModelSettings(engine="echo"))
    documents = home / "documents"
    documents.mkdir()
    text = "\n\n".join(f"第{n}条 年假每年十五天，第{n}项另有规定。" for n in range(200))
    (documents / "员工手册.md").write_text(text, encoding="utf-8")
    with Engine(settings) as engine:
        list(engine.ingest([documents]))
        session = None
        for number in range(_TURNS // 2):
            for event in engine.ask(AskRequest(f"第{number}条怎么规定？", session=session)):
                session = getattr(getattr(event, "answer", None), "session", session)

    process = psutil.Process()
    app = DocqaApp(lambda: Writer(settings), settings, session=session)
    results: list[tuple[str, str]] = []
    async with app.run_test(size=(120, 40)) as pilot:
        before = process.memory_info().rss
        while not app.chat.conversation.exchanges or app.loading:
            await pilot.pause(0.05)
        results.append(("memory of the process", f"{before / 2**20:8.0f} MiB at the start"))
        prompt = app.chat.composer.prompt
        prompt.replace_all("年假怎么规定？")
        await pilot.press("enter")
        while len(app.chat.conversation.exchanges[-1].text) < 10:
            await pilot.pause(0.05)
        times = []
        while app.chat.answering:
            times.append(await _key_to_paint(app, prompt))
            await asyncio.sleep(0.12)
        after = process.memory_info().rss
    results.append(("", f"{after / 2**20:8.0f} MiB after {_TURNS} messages and a long answer"))
    names = ("key to paint, 3,000 tokens come", "of which this thread computes")
    for number, name in enumerate(names):
        found = sorted(one[number] for one in times)
        for label, value in (
            ("median", statistics.median(found)),
            ("99 of 100", found[int(0.99 * len(found))]),
            (f"worst of {len(found)}", found[-1]),
        ):
            results.append((name, f"{1000 * value:8.1f} ms {label}"))
            name = ""
    return results


async def _key_to_paint(app, prompt) -> tuple[float, float]:
    """Seconds from a key's arrival to the frame that shows it, and those spent computing."""
    from textual import events

    began, computing = time.perf_counter(), time.thread_time()
    length = len(prompt.text)
    app.post_message(events.Key("a", "a"))
    painted = asyncio.Event()
    while len(prompt.text) == length:
        await asyncio.sleep(0)
    prompt.call_after_refresh(painted.set)
    await painted.wait()
    return time.perf_counter() - began, time.thread_time() - computing


if __name__ == "__main__":
    main()
