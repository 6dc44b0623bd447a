"""Kills what a campaign consists of at random moments, and checks that the ledger lost no finished run and repeated
none; then compares one worker with several. See scripts/trials.

Each round is a campaign of real clusters on three workers of Dask on this machine, of which one process is killed with
SIGKILL at a random moment: a worker, the engine, which has the scheduler, or the campaign itself, which is then resumed.
"""

import argparse
import collections
import json
import os
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
VICTIMS = ("worker", "engine", "campaign")
CONTROLS = {"bugs": [{"bug": "read-without-quorum", "with": {"nemesis": "partition", "time-limit": "5s"}}],
            "healthy": {"with": {"time-limit": "1s"}}}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/trials campaign", description=__doc__)
    parser.add_argument("--kills", type=positive, default=20, help="of each: worker, engine, campaign [20]")
    parser.add_argument("--victims", nargs="+", choices=VICTIMS, default=VICTIMS)
    parser.add_argument("--workers", type=positive, default=3)
    parser.add_argument("--runs", type=positive, default=9, help="of a campaign [9]")
    parser.add_argument("--no-speed", action="store_true", help="only the kills")
    parser.add_argument("--only-speed", action="store_true", help="only the comparison")
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args(arguments)


def fail(what):
    print(f"trial: {what}", file=sys.stderr)
    sys.exit(1)


def write_suite(folder, runs, limit):
    suite = folder / "campaign.json"
    suite.write_text(json.dumps({
        "capsize-suite": 1, "name": "trial", "controls": CONTROLS,
        "runs": [{"name": "kill", "with": {"time-limit": limit, "nemesis": "kill", "rate": 200}, "seeds": runs}]}))
    return suite


def command(suite, store, workers):
    return [str(CAPSIZE), "campaign", str(suite), "--engine", "dask", "--jobs", str(workers), "--store", str(store),
            "--seed", "1", "--quiet", "--resume"]


def ledger(store, event):
    path = store / "ledger.jsonl"
    complete = path.read_bytes().rpartition(b"\n")[0].splitlines() if path.exists() else []
    return [line for line in map(json.loads, complete) if line.get("event") == event]


def family(pid):
    # Of all threads: a worker of Dask starts its jobs from one of a pool.
    try:
        threads = [int(task.name) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]
        own = [int(child) for task in threads
               for child in pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
    except OSError:
        return []
    return [each for child in own for each in (child, *family(child))]


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_worker(pid):
    try:
        return b"multiprocessing.spawn" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def processes(campaign):
    """The engine, its workers, and everything below them."""
    everything = family(campaign)
    engine = everything[0] if everything else None  # the only child of the campaign
    return engine, [pid for pid in everything if is_worker(pid)], everything


def wait_until(condition, bound, what):
    end = time.monotonic() + bound
    while not condition():
        if time.monotonic() > end:
            fail(f"not within {bound} s: {what}")
        time.sleep(0.05)


def check(store, runs, before):
    lines = ledger(store, "run")
    # A campaign that had just ended is not resumed: another execution begins.
    counts = collections.Counter((line["execution"], line["run"]) for line in lines)
    twice = [run for run, count in counts.items() if count > 1]
    if twice:
        fail(f"in the ledger twice: {twice}")
    tests = {run for _, run in counts if not run.startswith("control-")}
    expected = {f"kill/{number}" for number in range(1, runs + 1)}
    if tests != expected:
        fail(f"found runs {sorted(tests)}, expected {sorted(expected)}")
    changed = [run for run, line in before.items() if line not in lines]
    if changed:
        fail(f"lost from the ledger: {changed}")
    verdicts = collections.Counter(line["verdict"] for line in lines if line["purpose"] == "test")
    if not set(verdicts) <= {"valid", "vacuous"}:  # in a second, not every plan comes to its faults
        fail(f"a death became a verdict: {dict(verdicts)}")


def one_kill(folder, number, victim, arguments, chance):
    store = folder / f"store-{number}"
    suite = write_suite(folder, arguments.runs, "1s")
    process = subprocess.Popen(command(suite, store, arguments.workers), stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    wait_until(lambda: ledger(store, "start"), 60, "a run has begun")
    time.sleep(chance.uniform(0, 4 + 1.2 * arguments.runs / arguments.workers))
    engine, workers, everything = processes(process.pid)
    before = {line["run"]: line for line in ledger(store, "run")}
    hit = process.poll() is None and engine is not None and bool(workers)
    if hit:
        os.kill({"worker": chance.choice(workers), "engine": engine, "campaign": process.pid}[victim], signal.SIGKILL)
    said = process.communicate()[0]
    code = process.returncode
    wait_until(lambda: not any(map(is_alive, everything)), 60, "nothing is left of the first engine")
    if hit and victim == "campaign":
        done = subprocess.run(command(suite, store, arguments.workers), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        code, said = done.returncode, done.stdout
    if code not in (0, 3):
        fail(f"{victim} {number}: exit code {code}: {said}")
    check(store, arguments.runs, before)
    lost = len(ledger(store, "lost"))
    if list((store / ".engine").glob("capsize-jobs-*/*")):
        fail("directories of jobs are left")
    shutil.rmtree(store)
    return hit, lost, len(before)


def kills(folder, arguments, chance):
    for victim in arguments.victims:
        hits = lost = finished = number = 0
        while hits < arguments.kills:
            hit, losses, before = one_kill(folder, number, victim, arguments, chance)
            number += 1
            hits += hit
            lost += losses
            finished += before
        print(f"{victim}: {hits} kills in {number} campaigns, {finished} runs were finished before them, {lost} jobs were "
              "lost and started again; no finished run was lost or repeated", flush=True)


def seconds_of(folder, workers, runs):
    store = folder / f"speed-{workers}"
    suite = write_suite(folder, runs, "3s")
    begin = time.monotonic()
    code = subprocess.run(command(suite, store, workers), stdout=subprocess.DEVNULL).returncode
    took = time.monotonic() - begin
    if code != 0:
        fail(f"{workers} workers: exit code {code}")
    shutil.rmtree(store)
    return took


def speed(folder, workers=4, runs=24):
    cores = os.cpu_count()
    one, several = seconds_of(folder, 1, runs), seconds_of(folder, workers, runs)
    print(f"{runs} runs: one worker {one:.1f} s, {workers} workers {several:.1f} s: {one / several:.2f} times as fast, "
          f"on {cores} cores ({one / several / cores:.2f} of them)", flush=True)


def main():
    arguments = parse(sys.argv[1:])
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"trials: campaign, seed {seed}", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="capsize-campaign-"))
    try:
        if not arguments.only_speed:
            kills(folder, arguments, random.Random(seed))
        if not arguments.no_speed:
            speed(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
