"""What a server adds to the engine: `python -m tests.bench.serve [--requests 10000]`.

In one run: the engine's own search beside the same search over HTTP on a kept connection, 50
clients at once beside the same threads on the engine, the first search after the start, and the
memory of the server over many requests.
"""

import argparse
import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx
import psutil

from docqa.engine import Engine
from docqa.settings import ModelSettings, Settings
from docqa.types import SearchRequest
from tests.support.serving import serving

_CLIENTS = 50
_QUERIES = ("住宿费标准", "年休假几天", "茶壶保修多久", "第七条 违约金", "报销单什么时候提交")


def fill(home: Path, documents: int) -> None:
    """A library of invented rules, large enough that a search is one."""
    folder = home / "documents"
    folder.mkdir(parents=True)
    for number in range(documents):
        lines = [
            f"第{n}条 {number}号办法规定住宿费每晚{100 + n * 7 % 500}元，年休假{n % 15}天，"
            f"茶壶保修{n % 36}个月，违约金为总价的百分之{n % 9}。"
            for n in range(1, 30)
        ]
        (folder / f"办法{number}.txt").write_text("\n".join(lines), encoding="utf-8")
    with Engine(Settings(), str(home / "libraries" / "default")) as engine:
        list(engine.ingest([folder]))


def median_ms(call, rounds: int = 200) -> float:
    """The median of a call in milliseconds."""
    times = []
    for number in range(rounds):
        began = time.perf_counter()
        call(_QUERIES[number % len(_QUERIES)])
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def at_once(call, each: int) -> tuple[float, int]:
    """Calls a second of 50 threads, and how many failed."""
    failed = 0

    def work() -> None:
        nonlocal failed
        for number in range(each):
            try:
                call(_QUERIES[number % len(_QUERIES)])
            except Exception:
                failed += 1

    threads = [threading.Thread(target=work) for _ in range(_CLIENTS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _CLIENTS * each / (time.perf_counter() - began), failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--each", type=int, default=20, help="searches of each client")
    parser.add_argument("--requests", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        fill(home, given.documents)
        settings = Settings(model=ModelSettings(engine="quotes"))
        with Engine(settings, str(home / "libraries" / "default")) as engine:

            def direct(query: str) -> None:
                engine.search(SearchRequest(query))

            direct(_QUERIES[0])
            own_ms = median_ms(direct)
            own_rate, _ = at_once(direct, given.each)
        arguments = ("serve", "--port", "0", "--engine", "quotes")
        with (
            serving(home, *arguments) as (process, at),
            httpx.Client(timeout=120, limits=httpx.Limits(max_connections=_CLIENTS)) as client,
        ):

            def over_http(query: str) -> None:
                reply = client.post(
                    f"{at}/v1/vector_stores/default/search",
                    json={"query": query, "max_num_results": 8},
                )
                reply.raise_for_status()

            server = psutil.Process(process.pid)
            began, before = time.perf_counter(), sum(server.cpu_times()[:2])
            over_http(_QUERIES[0])
            first = time.perf_counter() - began
            computed = sum(server.cpu_times()[:2]) - before
            http_ms = median_ms(over_http)
            rate, failed = at_once(over_http, given.each)
            memory = []
            for number in range(given.requests):
                over_http(_QUERIES[number % len(_QUERIES)])
                if number % max(1, given.requests // 10) == 0:
                    memory.append(server.memory_info().rss >> 20)
    more = http_ms - own_ms
    print(f"search, median: engine {own_ms:.1f} ms, HTTP {http_ms:.1f} ms, more {more:.1f}")
    print(f"{_CLIENTS} at once: engine {own_rate:.0f}/s, HTTP {rate:.0f}/s, failed {failed}")
    print(f"first search after the start: {first:.2f} s, {computed:.2f} s computed")
    print(f"MiB over {given.requests} requests: {memory}")


if __name__ == "__main__":
    main()
