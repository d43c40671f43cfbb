"""A night with Gemini in a quarter of an hour: everything goes wrong once, and the tree is the same in the end.

    python benchmarks/soak.py [ROWS]        (default: 20000; as root, since it mounts small tmpfs)

A run of synthetic rows asks the fake Gemini twice: undisturbed, and with faults in a twelfth of the calls while it is
killed twice, its disk for answers and its disk for results fill up, the cache becomes read-only, and the clock of every
Python process jumps back and forth by hours. After each mishap the same command is run again. Printed: what was said at
each mishap, how the memory of the asking step went, what was asked twice, and whether all tables are equal, byte for
byte.
"""

import hashlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from bars import Bars

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "scripts")]

from fake_gemini import FakeGemini  # noqa: E402
from scale import write_rows  # noqa: E402

LONGEST = 900  # seconds for all of it
MISHAPS = 3  # that cut calls in flight: two SIGKILLs and the disk of the answers
FAULTS = {"429": 0.03, "503": 0.02, "drop": 0.01, "truncated": 0.01, "wrong_schema": 0.01, "hang": 0.002}
# time.time() of each second is another hour; what must not depend on it is the work.
JUMPING_CLOCK = "import time\n_true = time.time\ntime.time = lambda: _true() + 3600 * (int(_true() / 2) % 5 - 2)\n"


class Run:
    """The workflow in a folder, asking a fake."""

    def __init__(self, folder: Path, fake: FakeGemini, clock: Path | None = None):
        self.folder, self.fake = folder, fake
        self._environment = fake.environment() | ({"PYTHONPATH": str(clock)} if clock else {})
        self.memory: list[tuple[float, float]] = []  # of the largest script: seconds, MB

    def start(self) -> subprocess.Popen:
        """Start Snakemake in a session of its own."""
        given = ["curator=gemini", "input=rows.tsv", "exports={formats: []}"]
        given.append("models={flash: {rpm: null, tpm: null, timeout: 5}}")
        command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--cores", "2", "--quiet", "all"]
        command += ["--directory", str(self.folder), "--config", *given]
        return subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip

    def until_the_end(self) -> tuple[int, str]:
        """Run; the exit code, and what was said."""
        process = self.start()
        watch = threading.Thread(target=self._watch, args=(process.pid,), daemon=True)
        watch.start()
        try:
            said, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode, said

    def killed_when(self, holds: Callable[[], bool]) -> str:
        """Run until something holds, then SIGKILL Snakemake and its scripts."""
        process = self.start()
        while not holds() and process.poll() is None:
            time.sleep(0.1)
        if process.poll() is not None:
            return f"it ended before ({process.returncode}): {process.communicate()[0][-500:]}"
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "killed"

    def _watch(self, pid: int) -> None:
        started = time.monotonic()
        while psutil.pid_exists(pid):
            sizes = [0.0]
            try:
                for child in psutil.Process(pid).children(recursive=True):
                    if "assign_terms" in " ".join(child.cmdline()):
                        sizes.append(child.memory_info().rss / 2**20)
            except psutil.Error:
                pass
            self.memory.append((time.monotonic() - started, max(sizes)))
            time.sleep(0.5)

    def tables(self) -> dict[str, str]:
        """Content hash of every table."""
        results = self.folder / "results"
        return {
            path.relative_to(results).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(results.rglob("*.parquet"))
        }


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[None]:
    """A tmpfs at a path."""
    path.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def remount(path: Path, options: str) -> None:
    """Change the size of a small disk, or make it read-only."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(path)], check=True)


def mishap(what: str, run: Run) -> None:
    """A run that must fail: what it says, in how many lines, after how long."""
    start = time.monotonic()
    code, said = run.until_the_end()
    lines = [line for line in said.splitlines() if line.split(":")[0] in STEPS]
    first = lines[0] if lines else said[-300:]
    print(f"{what}: exit code {code} after {time.monotonic() - start:.0f} s; {len(lines)} line(s): {first}", flush=True)
    if "Traceback" in said:
        print("    with a traceback on the screen")


STEPS = {path.stem for path in (ROOT / "scripts").glob("*.py")}


def disturbed(folder: Path, fake: FakeGemini, rows: int) -> Run:
    """The run in which everything goes wrong; it ends well."""
    clock = folder / "clock"
    clock.mkdir()
    (clock / "sitecustomize.py").write_text(JUMPING_CLOCK)
    run = Run(folder, fake, clock=clock)

    def answered(share: float) -> Callable[[], bool]:
        return lambda: fake.stats()["questions"].get("assign_term", {}).get("answered", 0) >= share * rows

    print("SIGKILL at a tenth of the first step:", run.killed_when(answered(0.1)), flush=True)
    mishap("disk of the cache full", run)
    remount(folder / "cache", "size=500m,ro")
    mishap("cache read-only", run)
    remount(folder / "cache", "rw")
    print("SIGKILL at two thirds of it:", run.killed_when(answered(0.67)), flush=True)
    mishap("disk of the results full", run)
    remount(folder / "results", "size=500m")
    code, said = run.until_the_end()
    print(f"to the end: exit code {code}" + (f": {said[-800:]}" if code else ""), flush=True)
    return run


def main(rows: int) -> None:
    """Run both and compare."""
    started = time.monotonic()
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"not done after {LONGEST} s"))
    signal.alarm(LONGEST)
    with tempfile.TemporaryDirectory() as name:
        folders = {kind: Path(name) / kind for kind in ("undisturbed", "disturbed")}
        for folder in folders.values():
            folder.mkdir()
            write_rows(folder / "rows.tsv", rows)
        with FakeGemini(latency=0.2) as fake:
            start = time.monotonic()
            steady = Run(folders["undisturbed"], fake)
            code, said = steady.until_the_end()
            if code:
                sys.exit(said[-2000:])
            asked = fake.stats()["requests"]
            print(f"undisturbed: {rows:,} rows, {asked:,} requests, {time.monotonic() - start:.0f} s", flush=True)
        folder = folders["disturbed"]
        kilobytes = (folders["undisturbed"] / "results" / "interactions.parquet").stat().st_size // 1024
        room = max(1, round(1.5 * kilobytes / 1024))
        cache = (folders["undisturbed"] / "cache" / "answers.sqlite").stat().st_size // 2**20
        with (
            small_disk(folder / "cache", max(2, cache // 3)),
            small_disk(folder / "results", room),
            FakeGemini(latency=0.2, faults=FAULTS, retry_delay=0.5) as fake,
        ):
            run = disturbed(folder, fake, rows=rows)
            stats = fake.stats()
            same, other = steady.tables(), run.tables()
    differing = sorted(name for name in same.keys() | other.keys() if same.get(name) != other.get(name))
    bars = Bars()
    print(f"{stats['requests']:,} requests, faults {stats['faults']}")
    bars.most("items answered again", stats["duplicates"], bar=MISHAPS * 15 * 20, note="what was in flight")
    bars.most("tables that differ", len(differing), bar=0, note=f"of {len(same)}: {differing or 'none'}")
    for name, of in (("undisturbed", steady), ("disturbed", run)):
        print(f"memory of assign_terms, {name}: {flatness(of.memory)}")
    bars.most("all of it", time.monotonic() - started, bar=float(LONGEST), unit="s")
    bars.end()


def flatness(samples: list[tuple[float, float]]) -> str:
    """MB in the first and in the last third of the samples that show the step."""
    sizes = [size for _, size in samples if size > 50]
    if len(sizes) < 6:
        return "too short to say"
    third = len(sizes) // 3
    first, last = statistics.median(sizes[:third]), statistics.median(sizes[-third:])
    return f"{first:.0f} MB in its first third, {last:.0f} MB in its last, {max(sizes):.0f} MB at most"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
