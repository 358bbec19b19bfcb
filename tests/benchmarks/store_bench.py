"""How quick a large store is: its queue, an agent's calls, rescoring, and the memory of exports and reports.

    python store_bench.py queries [--calls 1000000] [--store URL]     a filled store: pages of the queue, one agent's calls
    python store_bench.py rescore [STORE.sqlite] [--calls 10000]      calls composed of the corpus, no two alike; of a real
                                                                      store, copied until there are enough
    python store_bench.py memory STORE.sqlite [--calls 200 10000]     peak memory of commands over few and over many calls

Synthetic calls are small: two turns, three findings, all fifteen criteria. Figures are of one run on one machine.
"""

import argparse
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from composed_calls import composed_call
from scorecards import acoustics, scorecard
from sqlalchemy import insert

from pipeline.agents.sampling import Plan as SamplePlan
from pipeline.agents.sampling import draw
from pipeline.call import judge_all
from pipeline.kit import load_kit
from pipeline.language.memory import forget
from pipeline.rescore import BATCH, Plan, rescore_all
from pipeline.settings import Settings
from pipeline.store import rows
from pipeline.store.border import writing
from pipeline.store.bulk import BulkStore
from pipeline.store.keeping import Keeper
from pipeline.store.queue import QueueFilter, QueueOrder
from pipeline.store.tables import FINDINGS, RECORDINGS, SCORECARDS, TRANSCRIPTS

AGENTS, FIRST_DAY, DAYS = 500, datetime(2026, 1, 5, 8, tzinfo=UTC), 30
LINES = (("agent", "您好，请问有什么可以帮您？"), ("customer", "我想问一下套餐。"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("queries", "rescore", "memory"))
    parser.add_argument("source", nargs="?", type=Path)
    parser.add_argument("--calls", type=int, nargs="+")
    parser.add_argument("--store", help="keep the filled store there, or use the one that is there")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qinhe-bench-") as folder:
        if given.what == "queries":
            queries(given.store or f"sqlite:///{folder}/big.sqlite", (given.calls or [1_000_000])[0])
        elif given.what == "rescore":
            calls = (given.calls or [10_000])[0]
            judging(min(calls, 300))
            rescoring(copied(given.source, Path(folder), calls) if given.source else composed(Path(folder), calls))
        else:
            memory(given.source, Path(folder), given.calls or [200, 10_000])


def queries(url: str, calls: int) -> None:
    with Keeper(url) as store:
        if store.count() < calls:
            print(f"filled with {calls} calls: {_timed(lambda: fill(store, calls), times=1)}", flush=True)
        for name, wanted in _queues().items():
            print(f"queue, {name}: {_timed(lambda wanted=wanted: store.queue(wanted))}", flush=True)
            print(f"queue, {name}, twenty pages: {_timed(lambda wanted=wanted: _walk(store, wanted))}", flush=True)
        agent = store.queue(QueueFilter(order=QueueOrder.AGENT, limit=1)).rows[0].agent_id
        calls = sum(1 for _ in store.scorecards(agent))
        print(f"one agent's {calls} scorecards: {_timed(lambda: list(store.scorecards(agent)))}", flush=True)
        plan = SamplePlan(2, 50, 50)
        print(f"sample of one day: {_timed(lambda: draw(store.candidates(_day(3), _day(3)), plan))}", flush=True)
        print(f"sample of all: {_timed(lambda: draw(store.candidates(), plan))}", flush=True)
        print(f"info: {_timed(store.info)}", flush=True)


def _queues() -> dict[str, QueueFilter]:
    wanted = {order.value: QueueFilter(order=order) for order in QueueOrder}
    day = {"since": _day(3), "until": _day(3)}
    return wanted | {
        "worst of one agent": QueueFilter(agent_id="agent-0007"),
        "worst of one day": QueueFilter(**day),
        "least sure of one day": QueueFilter(order=QueueOrder.DOUBTFUL, **day),
        "newest of one agent": QueueFilter(order=QueueOrder.NEWEST, agent_id="agent-0007"),
        "newest with a red line": QueueFilter(order=QueueOrder.NEWEST, red_line=True),
        "worst not inspected": QueueFilter(inspected=False),
        "newest of a rare scenario": QueueFilter(order=QueueOrder.NEWEST, scenario="transfer"),
    }


def _day(number: int) -> date:
    return (FIRST_DAY + timedelta(days=number)).date()


def _walk(store: Keeper, wanted: QueueFilter) -> None:
    after = None
    for _ in range(20):
        page = store.queue(replace(wanted, after=after))
        after = page.after
        if after is None:
            return


def _timed(work, times: int = 3) -> str:
    """Milliseconds by the clock and of the processor, the median by the clock."""
    found = []
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        found.append((1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor)))
    clock, processor = sorted(found)[times // 2]
    return f"{clock:.0f} ms, {processor:.0f} ms of processor"


def fill(store: Keeper, calls: int) -> None:
    """Write rows as they would be saved, thousands a transaction: one card's documents with other scores beside them."""
    chance = random.Random(5)
    card = scorecard(lines=LINES)
    card = replace(card, findings=replace_findings(card), transcript=replace(card.transcript, turns=_wordless(card)))
    templates = (rows.recording_row(card.recording), rows.transcript_row(card, acoustics()), rows.scorecard_row(card))
    findings = [rows.finding_row("", i, finding) for i, finding in enumerate(card.findings)]
    for start in range(0, calls, 5_000):
        with writing(store._engine) as connection:
            made = [_rows(chance, number, templates) for number in range(start, min(start + 5_000, calls))]
            for table, part in zip((RECORDINGS, TRANSCRIPTS, SCORECARDS), zip(*made, strict=True), strict=True):
                connection.execute(insert(table), list(part))
            ids = [recording["id"] for recording, *_ in made]
            connection.execute(insert(FINDINGS), [{**row, "recording_id": key} for key in ids for row in findings])


def replace_findings(card):
    return scorecard().findings[:3]


def _wordless(card):
    return tuple(replace(turn, words=()) for turn in card.transcript.turns)


def _rows(chance, number, templates):
    recording, transcript, judged = templates
    key = sha256(str(number).encode()).hexdigest()
    at = FIRST_DAY + timedelta(seconds=number * DAYS * 86_400 / 1_000_000)
    score = round(min(100.0, max(0.0, chance.gauss(75, 14))), 1)
    width = round(chance.expovariate(1 / 12), 1)
    told = {
        "agent_id": f"agent-{number % AGENTS:04}",
        "started_at": at.isoformat(),
        "affinity": score,
        "low": max(0.0, score - width / 2),
        "high": min(100.0, score + width / 2),
        "doubt": width,
        "doubtful_findings": int(chance.expovariate(1.0)),
        "red_line": "侮辱嘲讽" if chance.random() < 0.002 else None,
        "scenario": "transfer" if chance.random() < 0.001 else "consult",
    }
    return {**recording, "id": key}, {**transcript, "recording_id": key}, {**judged, **told, "recording_id": key}


def copied(source: Path, folder: Path, calls: int) -> str:
    """A store of so many calls: those of the source over and over, each under an id of its own."""
    url = f"sqlite:///{folder}/{calls}.sqlite"
    (folder / "source.sqlite").write_bytes(source.read_bytes())
    with BulkStore(f"sqlite:///{folder}/source.sqlite") as store:
        pairs = store.judged(tuple(store.paths()))
    with BulkStore(url) as store:
        for number in range(calls):
            card, sound = pairs[number % len(pairs)]
            key = sha256(f"{number}".encode()).hexdigest()
            told = replace(card.recording, id=key, agent_id=f"agent-{number % 50}", path=f"{number}.wav")
            store.save_scorecard(replace(card, recording=told), sound)
    return url


def composed(folder: Path, calls: int) -> str:
    """A store of so many composed calls, not yet judged: each has an empty judgement."""
    url = f"sqlite:///{folder}/composed.sqlite"
    blank = replace(scorecard(), findings=(), events=(), criteria=(), dimensions=())
    with BulkStore(url) as store:
        for number in range(calls):
            heard = composed_call(number)
            card = replace(blank, recording=heard.recording, transcript=heard.transcript)
            store.save_scorecard(card, heard.acoustics)
    return url


def judging(calls: int) -> None:
    """Judging alone, in this process and as many at once as rescoring does: with what is kept by text, and with nothing of it."""
    kit = load_kit(Settings())
    heard = [composed_call(number) for number in range(calls)]
    judge_all(heard[:1], kit)
    for name, before in {"nothing kept by text": forget, "kept by text": lambda: None}.items():
        forget()
        spent = 0.0
        for start in range(0, calls, BATCH):
            before()
            began = time.process_time()
            judge_all(heard[start : start + BATCH], kit)
            spent += time.process_time() - began
        print(f"judging alone, {name}: {1000 * spent / calls:.1f} ms of processor a call", flush=True)


def rescoring(url: str) -> None:
    blank = Path(url.removeprefix("sqlite:///"))
    for workers in (1, 2):
        # A copy each: the second to judge the same store would find nothing left to keep.
        kept = shutil.copy(blank, blank.with_name(f"kept-{workers}.sqlite"))
        timed("everything anew, kept", f"sqlite:///{kept}", workers, keep=True)
    for workers in (1, 2):
        timed("everything anew, looked only", f"sqlite:///{kept}", workers)
        timed("same findings, looked only", f"sqlite:///{kept}", workers, same_findings=True)


def timed(name: str, url: str, workers: int, **options: bool) -> None:
    with BulkStore(url) as store:
        calls = store.count()
    before, began = _processor_s(), time.perf_counter()
    changed = sum(change.changed for change in rescore_all(Plan(Settings(store_url=url, workers=workers), **options)))
    took, spent = time.perf_counter() - began, _processor_s() - before
    print(
        f"{name}, {workers} workers: {calls / took:.0f} calls a second, {1000 * spent / calls:.1f} ms of processor a call,"
        f" {changed} changed",
        flush=True,
    )


def _processor_s() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def memory(source: Path, folder: Path, sizes: list[int]) -> None:
    for calls in sizes:
        url = copied(source, folder, calls)
        for name, command in {
            "export scorecards as jsonl": ("export", "scorecards", "--format", "jsonl", "--out", f"{folder}/x.jsonl"),
            "export scorecards as xlsx": ("export", "scorecards", "--format", "xlsx", "--out", f"{folder}/x.xlsx"),
            "export turns as parquet": ("export", "turns", "--format", "parquet", "--out", f"{folder}/x.parquet"),
            "report team": ("report", "team", "--out", f"{folder}/team"),
            "rescore": ("rescore", "--dry-run", "--workers", "1", "--same-findings"),
        }.items():
            print(f"{name}, {calls} calls: peak {_peak_mb((*command, '--store', url)):.0f} MB", flush=True)


def _peak_mb(arguments: tuple[str, ...]) -> float:
    """Peak memory of a command in a process of its own."""
    program = (
        "import resource, subprocess, sys; "
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", program, sys.executable, "-c", "from cli.main import run; run()", *arguments]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout) / 1024


if __name__ == "__main__":
    main()
