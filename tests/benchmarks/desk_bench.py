"""How quick the review desk is on a large store: its pages through a real server, and fifty inspectors deciding at once.

    python desk_bench.py [--calls 1000000] [--store URL] [--inspectors 50] [--verdicts 10]

The store is filled with small synthetic calls unless it holds enough; accounts and verdicts are added to it. Times are
from the request to the last byte, on this machine, one after the other but for the verdicts.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx
from scorecards import acoustics, scorecard
from served import client, form, inspectors, served
from store_bench import fill

from pipeline.people import finding_key
from pipeline.review.app import create_app
from pipeline.schema import Scorecard
from pipeline.settings import Settings
from pipeline.store.keeping import Keeper
from pipeline.store.queue import QueueFilter, QueueOrder

TIMES = 15
LIMIT_MS = 200
AGENT = "bench"
# Accounts and calls of an earlier run on the same store stay as they are.
RUN = int(time.time())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--store", help="keep the filled store there, or use the one that is there")
    parser.add_argument("--inspectors", type=int, default=50)
    parser.add_argument("--verdicts", type=int, default=10, help="how many each inspector gives")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qinhe-bench-") as folder:
        url = given.store or f"sqlite:///{folder}/big.sqlite"
        with Keeper(url) as store:
            if store.count() < given.calls:
                fill(store, given.calls)
            cards = [scorecard(f"bench-{RUN}-{n}", agent_id=AGENT) for n in range(given.inspectors * given.verdicts)]
            for card in cards:
                store.save_scorecard(card, acoustics())
        bench(url, Path(folder), given.inspectors, cards)


def bench(url: str, folder: Path, count: int, cards: Sequence[Scorecard]) -> None:
    app = create_app(Settings(store_url=url, cache_dir=folder / "cache"))
    app.state.room.kit()
    people = inspectors(app, count, f"{RUN}-")
    with served(app) as address:
        token = next(iter(people.values()))
        with client(address, token) as browser:
            pages(browser, app, cards)
        deciding(app, address, people, cards)
        with client(address, token) as browser:
            show(browser, "call with a verdict", lambda number: f"/calls/{cards[number].recording.id}")


def pages(browser: httpx.Client, app, cards: Sequence[Scorecard]) -> None:
    store = app.state.room.store
    worst = store.queue(QueueFilter(order=QueueOrder.WORST, limit=50)).rows
    agent = worst[0].agent_id
    paths: Mapping[str, Callable[[int], str]] = {
        "queue, worst": lambda _: "/queue?order=worst",
        "queue, worst not reviewed": lambda _: "/queue?order=worst&unreviewed=true",
        "queue, most doubtful": lambda _: "/queue?order=doubtful",
        "queue, newest with a red line": lambda _: "/queue?order=newest&red_line=true",
        "queue, one agent": lambda _: f"/queue?order=worst&agent={agent}",
        "queue, one band": lambda _: f"/queue?order=newest&band={worst[0].band}",
        "queue, by agent": lambda _: "/queue?order=agent",
        "call": lambda number: f"/calls/{cards[number % len(cards)].recording.id}",
    }
    print(f"{store.count()} scorecards; milliseconds, median and longest of {TIMES}")
    for name, path in paths.items():
        show(browser, name, path)


def show(browser: httpx.Client, name: str, path: Callable[[int], str]) -> None:
    taken = [timed(browser, path(number)) for number in range(TIMES)]
    late = "" if median(taken) <= LIMIT_MS else f"  over {LIMIT_MS}"
    print(f"{name:32} {median(taken):7.0f} {max(taken):7.0f}{late}", flush=True)


def timed(browser: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    answer = browser.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return 1000 * (time.perf_counter() - began)


def deciding(app, address: str, people: Mapping[str, str], cards: Sequence[Scorecard]) -> None:
    """Everybody confirms findings of calls of their own at the same time; what is kept is counted."""
    gate = threading.Barrier(len(people))

    def act(number: int, token: str) -> list[float]:
        taken = []
        with client(address, token) as browser:
            gate.wait()
            for card in cards[number :: len(people)]:
                fields = form(token, finding=finding_key(card.findings[0]), decision="confirmed", version=0)
                began = time.perf_counter()
                answer = browser.post(f"/calls/{card.recording.id}/verdicts", data=fields)
                taken.append(1000 * (time.perf_counter() - began))
                if answer.status_code != 303:
                    raise SystemExit(f"{card.recording.id}: {answer.status_code}")
        return taken

    began = time.perf_counter()
    with ThreadPoolExecutor(len(people)) as pool:
        taken = sorted(each for times in pool.map(act, range(len(people)), people.values()) for each in times)
    whole = time.perf_counter() - began
    kept = sum(len(app.state.room.desk.verdicts(card.recording.id)) for card in cards)
    print(
        f"{len(people)} inspectors, {len(taken)} verdicts sent at once, {kept} kept: {len(taken) / whole:.0f} a second, "
        f"median {median(taken):.0f} ms, 95 of 100 below {taken[int(0.95 * len(taken))]:.0f} ms"
    )


if __name__ == "__main__":
    main()
