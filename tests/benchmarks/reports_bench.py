"""How long a team's report takes and how much memory: 1,000 agents, 100,000 calls by default.

    python tests/benchmarks/reports_bench.py [--agents N] [--calls N] [--keep DIR]

The store is filled first, from the sample calls' scorecards (not timed). Timed are the pages of ``qinhe report team``
with the table of all agents and the ten calls to hear first, without a page for each agent and call, in a process of its own.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from stored_team import fill, sqlite_url, team_cards, templates  # noqa: E402

_TIMED = """
import sys, time
from pathlib import Path
from pipeline.reports.html import Depth, Options, write_report
from pipeline.reports.wording import chinese_words
from pipeline.settings import Settings
from pipeline.store.repository import Store
def peak_mb():  # of this process alone: what resource tells includes the parent's
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
out, words = Path(sys.argv[2]), chinese_words(Settings())
base, start, busy = peak_mb(), time.perf_counter(), time.process_time()
with Store(sys.argv[1]) as store:
    write_report("team", (), store, out, words=words, options=Options(depth=Depth.TEAM))
files = [path for path in out.rglob("*") if path.is_file()]
print(f"team report: {time.perf_counter() - start:.1f} s ({time.process_time() - busy:.1f} s of processor), "
      f"peak {peak_mb():.0f} MB ({base:.0f} MB before), {len(files)} files, index {(out / 'index.html').stat().st_size / 1e6:.1f} MB")
"""


def main() -> None:
    """Fill, then measure."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--agents", type=int, default=1000)
    options.add_argument("--calls", type=int, default=100, help="calls of each agent")
    options.add_argument("--keep", type=Path, help="folder for the store and the pages; used again if it is there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if not (place / "team.sqlite").exists():
            start = time.perf_counter()
            fill(sqlite_url(place), team_cards(templates(), agents=given.agents, calls=given.calls))
            size = (place / "team.sqlite").stat().st_size
            print(
                f"store: {given.agents * given.calls} calls, {size / 1e6:.0f} MB, made in {time.perf_counter() - start:.0f} s"
            )
        subprocess.run([sys.executable, "-c", _TIMED, sqlite_url(place), str(place / "team")], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
