"""Kills a suite with SIGKILL at random moments, resumes it, and checks that the ledger lost no finished
run and repeated none; see scripts/trials.

Most kills hit a suite whose runs are a stand-in that takes some 50 ms (tests/fixtures/quick-run), so that
many runs begin and end around each kill; the others hit one with real clusters.
"""

import argparse
import collections
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from argument_types import positive

ROOT = pathlib.Path(__file__).resolve().parent.parent
CAPSIZE = ROOT / "build" / "bin" / "capsize"
STAND_IN = ROOT / "tests" / "fixtures" / "quick-run"
CONTROLS = {"bugs": [{"bug": "read-without-quorum", "with": {"nemesis": "partition", "time-limit": "5s"}}],
            "healthy": {"with": {"time-limit": "1s"}}}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/trials suites", description=__doc__)
    parser.add_argument("--kills", type=positive, default=200, help="of a suite of stand-ins [200]")
    parser.add_argument("--real-kills", type=positive, default=6, help="of a suite of clusters [6]")
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args(arguments)


def fail(what):
    print(f"trial: {what}", file=sys.stderr)
    sys.exit(1)


def lines_of(ledger):
    """The complete lines of a ledger; each must be an object."""
    if not ledger.exists():
        return []
    complete = ledger.read_bytes().rpartition(b"\n")[0]
    return [json.loads(line) for line in complete.splitlines()]


def check(store, complete):
    """No run may be in the ledger twice; if the suite is complete, each directory with results is in it."""
    lines = lines_of(store / "ledger.jsonl")
    runs = [line for line in lines if line.get("event") == "run"]
    counts = collections.Counter((line["execution"], line["run"]) for line in runs)
    twice = [run for run, count in counts.items() if count > 1]
    if twice:
        fail(f"in the ledger twice: {twice}")
    begun = {line["path"]: (line["execution"], line["run"]) for line in lines if line.get("event") == "start"}
    finished = collections.Counter(
        begun[str(path.parent.relative_to(store))] for path in store.glob("*/2*/results.json")
        if not json.loads(path.read_text()).get("interrupted"))
    repeated = [run for run, count in finished.items() if count > 1]
    if repeated:
        fail(f"finished twice: {repeated}")
    lost = set(finished) - set(counts)
    if complete and lost:
        fail(f"finished, and not in the ledger: {lost}")
    return len(runs)


def run_until_complete(suite, store, options, kills, chance, longest):
    """Runs and resumes the suite; kills it at a random moment as often as asked for."""
    command = [str(CAPSIZE), "suite", str(suite), "--store", str(store), "--quiet", "--resume",
               "--jobs", "2", *options]
    done = 0
    for number in range(1, kills + 1):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            process.wait(timeout=chance.uniform(0, longest))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        if process.returncode not in (-signal.SIGKILL, 0, 3):
            fail(f"kill {number}: exit code {process.returncode}: {process.stderr.read()}")
        process.stderr.close()
        done = check(store, complete=False)
        if number % 20 == 0 or number == kills:
            print(f"{number} of {kills} kills, {done} runs in the ledger", flush=True)
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ended.returncode not in (0, 3):
        fail(f"the last resume: exit code {ended.returncode}: {ended.stderr}")
    return check(store, complete=True)


def left_processes():
    found = subprocess.run(["pgrep", "-f", "capsize-(node|proxy)"], capture_output=True, text=True)
    return found.stdout.split()


def main():
    options = parse(sys.argv[1:])
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    chance = random.Random(seed)
    print(f"trial: seed {seed}")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="capsize-suite-kills-"))
    started = time.monotonic()
    quick = folder / "quick.json"
    # About twelve runs between two kills.
    quick.write_text(json.dumps({
        "name": "quick", "controls": CONTROLS,
        "runs": [{"name": "quick", "seeds": options.kills * 12}]}))
    runs = run_until_complete(quick, folder / "quick", ["--runner", str(STAND_IN), "--seed", str(seed)],
                              options.kills, chance, 0.7)
    print(f"stand-ins: {options.kills} kills, {runs} runs, none lost and none repeated")
    real = folder / "real.json"
    real.write_text(json.dumps({
        "name": "real", "controls": CONTROLS,
        "runs": [{"name": "real", "with": {"nodes": 3, "time-limit": "1s", "nemesis": "none"},
                  "seeds": options.real_kills * 2}]}))
    runs = run_until_complete(real, folder / "real", ["--seed", str(seed)], options.real_kills, chance, 6)
    left = left_processes()
    if left:
        fail(f"processes left: {left}")
    print(f"clusters: {options.real_kills} kills, {runs} runs, none lost and none repeated, no process left; "
          f"{time.monotonic() - started:.0f} s")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
